using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>Geometric median by smoothed Weiszfeld iterations: at most 20, from the mean, ε = 1e-8 in the weights,
/// tolerance 1e-6, each sample with its own stop.</summary>
/// <remarks>The converged median is (f, κ)-robust with κ = 4(1 + f/(n−2f))² (Allouah et al., 2023); twenty smoothed
/// iterations can exceed it and carry no κ.</remarks>
public sealed class GeometricMedian : Aggregator
{
    public override string Name => "GM";

    public override Tensor Scores(Tensor answers)
    {
        CheckAnswers(answers);
        if (is_grad_enabled() && answers.requires_grad || answers.dtype != ScalarType.Float32 || !answers.IsOnHost())
            return InTorch(answers);
        using var rows = answers.contiguous();
        return Weiszfeld.Median(rows);
    }

    public override ConditionedAggregator Given(
        Tensor answers,
        IReadOnlyList<int> corrupted,
        SortGradient gradient = SortGradient.Mean
    )
    {
        CheckAnswers(answers);
        return new HonestFirst(this, Rows.Without(answers, corrupted), corrupted.Count);
    }

    /// <summary>The same iterations in torch's operators, for autograd, other types and other devices.</summary>
    /// <param name="answers">[B, n, K].</param>
    /// <returns>[B, K].</returns>
    public static Tensor InTorch(Tensor answers)
    {
        using var scope = NewDisposeScope();
        var z = answers.mean([1L], keepdim: true);
        var active = ones([answers.shape[0], 1, 1], dtype: ScalarType.Bool, device: answers.device);
        for (int iteration = 0; iteration < Weiszfeld.Iterations; iteration++)
        {
            var squares = (answers - z).square().sum(2, keepdim: true);
            var weights = squares.clamp_min((double)Weiszfeld.Epsilon * Weiszfeld.Epsilon).sqrt().reciprocal();
            var next = where(active, (weights * answers).sum(1, keepdim: true) / weights.sum(1, keepdim: true), z);
            active = active.logical_and(
                (next - z).detach().square().sum(2, keepdim: true).sqrt() > Weiszfeld.Tolerance
            );
            z = next;
            // To look would stop a GPU at every step; a sample that has ended stays as it is.
            if (answers.IsOnHost() && !active.any().item<bool>())
                break;
        }
        return z.squeeze(1).MoveToOuterDisposeScope();
    }

    /// <summary>Honest rows first, then the corrupted ones: nothing of a geometric median can be summed up beforehand,
    /// but only the corrupted rows' gradient is needed.</summary>
    sealed class HonestFirst(GeometricMedian rule, Tensor honest, int changing) : ConditionedAggregator
    {
        readonly Tensor honest = honest.detach().DetachFromDisposeScope();

        public override int Samples => (int)honest.shape[0];

        public override Tensor Scores(Tensor corrupted)
        {
            CheckRows(corrupted, changing);
            using var rows = cat([honest, corrupted], 1);
            return rule.Scores(rows);
        }

        public override Tensor Gradient(Tensor corrupted, Func<Tensor, Tensor> cotangent)
        {
            if (!corrupted.IsFloatsOnCpu())
                return base.Gradient(corrupted, cotangent);
            CheckRows(corrupted, changing);
            using var scope = NewDisposeScope();
            var rows = cat([honest, corrupted], 1);
            return Weiszfeld.Gradient(rows, cotangent(Weiszfeld.Median(rows)), changing).MoveToOuterDisposeScope();
        }

        public override ConditionedAggregator Select(Tensor samples) =>
            new HonestFirst(rule, honest.index_select(0, samples), changing);

        public override void Dispose()
        {
            honest.Dispose();
            base.Dispose();
        }
    }
}
