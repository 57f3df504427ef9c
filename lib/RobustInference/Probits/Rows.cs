using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Probits;

/// <summary>Rows of some clients out of [B, n, K].</summary>
public static class Rows
{
    /// <summary>The rows at <paramref name="positions"/>.</summary>
    /// <returns>[B, m, K], a copy.</returns>
    public static Tensor Of(Tensor answers, IReadOnlyList<int> positions)
    {
        using var index = tensor(positions.Select(p => (long)p).ToArray(), device: answers.device);
        return answers.index_select(1, index);
    }

    /// <summary>The rows of everyone but <paramref name="positions"/>.</summary>
    /// <returns>[B, n−m, K], a copy.</returns>
    public static Tensor Without(Tensor answers, IReadOnlyList<int> positions) =>
        Of(answers, [.. Enumerable.Range(0, (int)answers.shape[1]).Except(positions)]);

    /// <summary><paramref name="answers"/> with the rows at <paramref name="positions"/> replaced.</summary>
    /// <param name="answers">[B, n, K].</param>
    /// <param name="positions">m positions.</param>
    /// <param name="rows">[B, m, K]; differentiable.</param>
    /// <returns>[B, n, K]; the argument is not changed.</returns>
    public static Tensor Replace(Tensor answers, IReadOnlyList<int> positions, Tensor rows)
    {
        using var index = tensor(positions.Select(p => (long)p).ToArray(), device: answers.device);
        return answers.index_copy(1, index, rows);
    }
}
