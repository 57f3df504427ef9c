using RobustInference.Numerics;
using static TorchSharp.torch;

namespace RobustInference.Evaluation;

/// <summary>How many samples of each kind a resample of all samples, drawn with replacement, holds: all that a
/// bootstrap of counts needs, whatever the number of samples.</summary>
static class Multinomial
{
    /// <summary>Draws kind after kind, each given those before.</summary>
    /// <param name="kinds">How many samples of each kind there are.</param>
    /// <param name="generator">On the CPU.</param>
    /// <param name="resamples">How many resamples.</param>
    /// <param name="tell">The number of a kind, and how many of it each resample holds, [resamples] of float64, which
    /// lasts as long as the call.</param>
    public static void Draw(int[] kinds, Generator generator, int resamples, Action<int, Tensor> tell)
    {
        TorchThreads.One();
        long of = kinds.Sum(samples => (long)samples);
        using var left = full(resamples, (double)of, ScalarType.Float64);
        for (int kind = 0; kind < kinds.Length; kind++)
        {
            using var scope = NewDisposeScope();
            var drawn =
                kinds[kind] == of ? left.clone() : binomial(left, full_like(left, (double)kinds[kind] / of), generator);
            left.sub_(drawn);
            of -= kinds[kind];
            tell(kind, drawn);
        }
    }
}
