using RobustInference.Networks;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>DeepSet: μ of the mean of ρ over clients (Zaheer et al., 2017), invariant to their order. What Algorithm 1
/// trains.</summary>
/// <remarks>ρ's last layer is linear, so it is applied once to the mean of hidden rows and not to every row: the same
/// function for a fraction of the work.</remarks>
public sealed class DeepSet(DeepSetNetwork network) : Aggregator
{
    readonly DeepSetNetwork network = Argument.Given(network);

    public override string Name => "DeepSet";

    public override ScoreScale Scale => ScoreScale.Logits;

    public DeepSetNetwork Network => network;

    public override Aggregator On(Device device) =>
        network.RhoIn.bias!.device == device ? this : new DeepSet(network.Copy(device));

    public override void Dispose()
    {
        network.Dispose();
        base.Dispose();
    }

    public override Tensor Scores(Tensor answers)
    {
        CheckAnswers(answers);
        CheckClasses(answers, network.Classes);
        using var scope = NewDisposeScope();
        return network.Decode(network.RhoOut.call(network.HiddenOf(answers).mean([1L]))).MoveToOuterDisposeScope();
    }

    public override ConditionedAggregator Given(
        Tensor answers,
        IReadOnlyList<int> corrupted,
        SortGradient gradient = SortGradient.Mean
    )
    {
        CheckAnswers(answers);
        int[] everyone = [.. corrupted];
        return GivenEach(answers, [.. Enumerable.Repeat(everyone, (int)answers.shape[0])]);
    }

    /// <summary>As <see cref="Given"/>, with corrupted clients of its own for every sample, as Algorithm 1 draws
    /// them.</summary>
    /// <param name="answers">[B, n, K].</param>
    /// <param name="corrupted">Per sample the positions of its corrupted clients; their number may differ.</param>
    /// <exception cref="ArgumentException">Not one list a sample, or a position twice or out of range.</exception>
    public DeepSetGiven GivenEach(Tensor answers, int[][] corrupted)
    {
        CheckAnswers(answers);
        CheckClasses(answers, network.Classes);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        long samples = answers.shape[0],
            clients = answers.shape[1];
        var honest = new bool[samples * clients];
        Array.Fill(honest, true);
        if (corrupted.Length != samples)
            throw new ArgumentException($"{corrupted.Length} lists of corrupted clients for {samples} samples");
        for (int s = 0; s < corrupted.Length; s++)
            foreach (int position in corrupted[s])
            {
                if (position < 0 || position >= clients || !honest[s * clients + position])
                    throw new ArgumentException(
                        $"sample {s}: corrupted client {position} is named twice or not in 0…{clients - 1}"
                    );
                honest[s * clients + position] = false;
            }
        var sums =
            SumsInVectors<FloatLanes16>(answers, honest)
            ?? SumsInVectors<FloatLanes8>(answers, honest)
            ?? tensor(
                    [.. honest.Select(own => own ? 1f : 0f)],
                    [samples, 1, clients],
                    dtype: answers.dtype,
                    device: answers.device
                )
                .bmm(network.HiddenOf(answers))
                .squeeze(1);
        return new DeepSetGiven(
            new DeepSetGiven.Constants(network, (int)clients),
            sums,
            [.. corrupted.Select(positions => positions.Length)]
        );
    }

    /// <summary>Hidden units summed over the honest rows, where the processor knows how.</summary>
    Tensor? SumsInVectors<T>(Tensor answers, bool[] honest)
        where T : struct, IFloatLanes<T>
    {
        using var rows = answers.contiguous();
        if (!T.IsSupported || !rows.IsFloatsOnCpu() || !network.RhoIn.weight!.IsFloatsOnCpu())
            return null;
        using var hidden = new HiddenRows<T>(network);
        return hidden.Sums(rows, honest);
    }
}
