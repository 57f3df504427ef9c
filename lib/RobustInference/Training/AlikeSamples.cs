using RobustInference.Numerics;
using RobustInference.Probits;

namespace RobustInference.Training;

/// <summary>The samples of each class, to draw from them when rows are mixed within a class.</summary>
/// <param name="training">Whose samples they are.</param>
sealed class AlikeSamples(ProbitSet training)
{
    readonly long[] labels = training.Labels.Integers();
    readonly Dictionary<long, long[]> ofClass = training
        .Labels.Integers()
        .Select((label, s) => (label, Sample: (long)s))
        .GroupBy(pair => pair.label, pair => pair.Sample)
        .ToDictionary(group => group.Key, group => group.ToArray());

    /// <summary>A sample of the same class, which may be the same one.</summary>
    public long Draw(long sample, Random random)
    {
        long[] alike = ofClass[labels[sample]];
        return alike[random.Next(alike.Length)];
    }
}
