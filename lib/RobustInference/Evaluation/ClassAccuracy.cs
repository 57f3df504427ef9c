namespace RobustInference.Evaluation;

/// <summary>Accuracy class by class: a mean over all samples hides a class that is never right.</summary>
public static class ClassAccuracy
{
    /// <summary>The share of each class's samples that are right, 0…1; 0 for a class without samples.</summary>
    /// <param name="right">Per sample.</param>
    /// <param name="labels">Per sample, 0…K−1.</param>
    /// <param name="classes">K.</param>
    public static double[] Of(bool[] right, long[] labels, int classes)
    {
        var (won, all) = (new int[classes], new int[classes]);
        for (int s = 0; s < labels.Length; s++)
        {
            all[labels[s]]++;
            won[labels[s]] += right[s] ? 1 : 0;
        }
        return [.. won.Zip(all, (of, among) => among == 0 ? 0 : (double)of / among)];
    }
}
