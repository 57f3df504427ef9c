using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Evaluation;

/// <summary>Reasons to distrust an attack's figure, in the manner of AutoAttack's checks (Croce and Hein, 2020): they
/// say that the attacks may have failed, not that the rule is robust.</summary>
/// <param name="rule">The rule under attack.</param>
/// <param name="answers">Samples that it gets right.</param>
/// <param name="threat">Who is corrupted.</param>
/// <param name="seed">Random seed.</param>
public sealed class DefenceChecks(ProbitSet answers, Aggregator rule, ThreatModel threat, long seed)
{
    /// <summary>A share of samples above which a finding is no chance: AutoAttack's 0.2 %.</summary>
    public const double Share = 0.002;

    // Sums in another order, and the twenty iterations of the geometric median.
    const double Rounding = 1e-3;
    const int Few = 64,
        Many = 1000;

    /// <summary>Every flag but that of a blind attack, which only a whole suite can raise.</summary>
    public IEnumerable<string> Flags()
    {
        using var untracked = no_grad();
        return new[] { Randomness(), BatchDependence(), ZeroGradients() }.OfType<string>();
    }

    /// <summary>A blind attack that breaks what gradients left standing means that the gradients are masked.</summary>
    public static string? MaskedGradients(AttackStage blind, int samples) =>
        blind.Broken <= Share * samples
            ? null
            : $"{blind.Attack}, which sees scores only, breaks {blind.Broken} of {blind.Standing} samples "
                + "that the gradient attacks left: gradients may be masked";

    string? Randomness()
    {
        using var scope = NewDisposeScope();
        var few = Some(Few);
        int changed = Changed(rule.Scores(few), rule.Scores(few));
        return changed == 0
            ? null
            : $"the same input twice gets other scores ({changed} of {few.shape[0]} samples): the rule "
                + "draws, and an attack must average over its draws";
    }

    string? BatchDependence()
    {
        using var scope = NewDisposeScope();
        var few = Some(Few);
        var alone = cat([.. Enumerable.Range(0, (int)few.shape[0]).Select(s => rule.Scores(few.narrow(0, s, 1)))]);
        int changed = Changed(rule.Scores(few), alone);
        return changed == 0
            ? null
            : $"{changed} of {few.shape[0]} samples get other scores alone than among others: the rule looks "
                + "at its whole batch";
    }

    /// <summary>Whether no gradient leads anywhere from drawn rows, neither with BPDA nor the sub-gradient.</summary>
    string? ZeroGradients()
    {
        if (threat.Count == 0)
            return null;
        using var scope = NewDisposeScope();
        var few = Some(Many);
        using var generator = RandomStream.Torch(seed, "zero-gradients");
        var rows = nn.functional.softmax(rand([few.shape[0], threat.Count, few.shape[2]], generator: generator), -1);
        long[] labels = answers.Labels.narrow(0, 0, few.shape[0]).Integers();
        var flat = new bool[labels.Length];
        Array.Fill(flat, true);
        foreach (var kind in Enum.GetValues<SortGradient>())
        {
            using var given = rule.Given(few, threat.Corrupted, kind);
            var gradient = given.Gradient(rows, scores => Slopes(scores, labels, flat));
            float[] sizes = gradient.abs().sum([1L, 2L]).to(ScalarType.Float32).data<float>().ToArray();
            for (int s = 0; s < flat.Length; s++)
                flat[s] &= !(sizes[s] > 0);
        }
        int count = flat.Count(f => f);
        return count <= Share * flat.Length
            ? null
            : $"the loss has no gradient at drawn rows for {count} of {flat.Length} samples: gradient "
                + "attacks are blind there";
    }

    /// <summary>The cross-entropy's gradient; samples that are lost already ask for none and are not flat.</summary>
    static Tensor Slopes(Tensor scores, long[] labels, bool[] flat)
    {
        using var rows = scores.contiguous();
        var gradient = zeros_like(rows);
        int width = (int)rows.shape[1];
        var loss = new CrossEntropy();
        for (int s = 0; s < labels.Length; s++)
        {
            var row = rows.Floats().Slice(s * width, width);
            int rival = ScoreMargin.Rival(row, (int)labels[s]);
            if (!(row[(int)labels[s]] > row[rival]))
                flat[s] = false;
            loss.Of(row, (int)labels[s], rival, gradient.Floats().Slice(s * width, width));
        }
        return gradient;
    }

    Tensor Some(int most) =>
        (rule.Input == AnswerSpace.Probits ? answers.Probits : answers.Logits).narrow(
            0,
            0,
            Math.Min(most, answers.Samples)
        );

    static int Changed(Tensor first, Tensor second)
    {
        var scale = first.abs().amax([1L]).clamp_min(Weights.Least);
        return (int)((first - second).abs().amax([1L]) > Rounding * scale).sum().item<long>();
    }
}
