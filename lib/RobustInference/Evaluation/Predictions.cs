using RobustInference.Numerics;
using static TorchSharp.torch;

namespace RobustInference.Evaluation;

/// <summary>When an answer counts as right.</summary>
public static class Predictions
{
    /// <summary>Whether the label's score is greater than every other: a tie counts as lost.</summary>
    /// <param name="scores">[S, K].</param>
    /// <param name="labels">[S].</param>
    /// <param name="samples">What messages call the samples; default: 0…S−1.</param>
    /// <exception cref="InvalidDataException">A score is not a number: the message names sample and class.</exception>
    public static bool[] Correct(Tensor scores, Tensor labels, long[]? samples = null)
    {
        using var rows = scores.detach().to(ScalarType.Float32).cpu().contiguous();
        var values = rows.Floats();
        long[] wanted = labels.Integers();
        int width = (int)scores.shape[1];
        var right = new bool[wanted.Length];
        for (int s = 0; s < right.Length; s++)
        {
            var row = values.Slice(s * width, width);
            float own = row[(int)wanted[s]];
            bool first = true;
            for (int k = 0; k < width; k++)
            {
                if (float.IsNaN(row[k]))
                    throw new InvalidDataException(
                        $"sample {samples?[s] ?? s}: the score of class {k} is not a number"
                    );
                first &= k == wanted[s] || own > row[k];
            }
            right[s] = first;
        }
        return right;
    }
}
