using RobustInference.Aggregators;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>Against a rule over logits: every corrupted client sends a times the range of its own logits for one class
/// and 0 for the others. Logits have no bound, so that no amplification a is out of reach.</summary>
/// <remarks>One class a stage, counted from the label: a rule that takes long to answer is asked once, and only for
/// samples that still stand.</remarks>
/// <param name="shift">The class is (label + shift) mod K, so that K−1 of these attacks try every target.</param>
/// <param name="amplification">a.</param>
public sealed class LogitTarget(int shift, double amplification = 2) : IAttack
{
    readonly int shift = Argument.AtLeast(shift, 1);
    readonly double amplification = Argument.Positive(amplification);

    public string Name => FormattableString.Invariant($"Logit target, label + {shift}, a = {amplification}");

    public AttackAccess Access => AttackAccess.BlackBox;

    public string Sends =>
        FormattableString.Invariant($"{amplification} times the range of its logits for one class, 0 for the others");

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The rule takes probits, or the shift is the label itself.</exception>
    public Tensor Corrupt(AttackQuery query)
    {
        if (query.Rule.Input != AnswerSpace.Logits)
            throw new ArgumentException($"{query.Rule.Name} takes probits; {Name} sends logits");
        if (shift % query.Classes == 0)
            throw new ArgumentException($"a shift of {shift} is the label itself among {query.Classes} classes");
        using var scope = NewDisposeScope();
        // In double precision: a times a range may be no float any more.
        var own = Rows.Of(query.Answers.Logits, query.Threat.Corrupted).to(ScalarType.Float64);
        var size = (own.amax([-1L], keepdim: true) - own.amin([-1L], keepdim: true)).clamp_min_(1).mul_(amplification);
        var target = (query.Answers.Labels + shift).remainder(query.Classes);
        return (OneHot.Agreed(target, query.Corrupted, query.Classes) * size)
            .clamp_max_(float.MaxValue)
            .to(ScalarType.Float32)
            .MoveToOuterDisposeScope();
    }
}
