using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Certificates;

/// <summary>A constant answer is right or wrong for good: its margin is 1 or −1 under every corruption.</summary>
/// <param name="answer">The class that is always given.</param>
public sealed class ConstantWorstCase(int answer) : ICertificate
{
    readonly int answer = Argument.AtLeast(answer, 0);

    public string Name => "exact";

    public bool IsExact => true;

    public Tensor Margins(ProbitSet answers, Adversary adversary, ThreatModel threat)
    {
        using var scope = NewDisposeScope();
        return answers.Labels.eq(answer).to(ScalarType.Float64).mul(2).sub(1).MoveToOuterDisposeScope();
    }
}
