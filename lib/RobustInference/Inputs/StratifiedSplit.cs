using RobustInference.Numerics;
using RobustInference.Probits;

namespace RobustInference.Inputs;

/// <summary>A random part of the samples of each class, so that both parts have the classes in the same
/// shares.</summary>
public static class StratifiedSplit
{
    /// <summary>Draws the first part; each part keeps the samples' order.</summary>
    /// <param name="labels">S classes.</param>
    /// <param name="share">Share of the samples of each class that go into the first part, above 0 and under 1.</param>
    /// <param name="seed">Random seed.</param>
    public static (long[] First, long[] Second) Draw(IReadOnlyList<long> labels, double share, long seed)
    {
        var random = RandomStream.Managed(seed, "split");
        var first = new List<long>();
        foreach (var own in Enumerable.Range(0, labels.Count).GroupBy(s => labels[s]).OrderBy(group => group.Key))
        {
            int[] samples = [.. own];
            random.ShuffleInplace<int>(samples);
            first.AddRange(samples.Take((int)Math.Round(share * samples.Length)).Select(s => (long)s));
        }
        first.Sort();
        return ([.. first], [.. Enumerable.Range(0, labels.Count).Select(s => (long)s).Except(first)]);
    }

    /// <summary>Makes a validation part out of the answers.</summary>
    /// <exception cref="InvalidDataException">A part would be empty.</exception>
    public static ProbitArchive Of(ProbitSet answers, double share, long seed)
    {
        var (validation, test) = Draw(answers.Labels.Integers(), share, seed);
        if (validation.Length == 0 || test.Length == 0)
            throw new InvalidDataException(
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"--split {share} leaves a part without samples: there are {answers.Samples}; take a share "
                        + $"nearer to 0.5"
                )
            );
        return new(answers.Select(validation), answers.Select(test));
    }
}
