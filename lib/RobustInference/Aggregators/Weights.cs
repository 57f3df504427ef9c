namespace RobustInference.Aggregators;

/// <summary>The guard of <see cref="ScoreScale.Weights"/>.</summary>
public static class Weights
{
    /// <summary>The smallest sum that scores are divided by. With one-hot clients the median is all zero for most
    /// samples.</summary>
    public const float Least = 1e-12f;
}
