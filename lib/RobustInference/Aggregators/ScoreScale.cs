namespace RobustInference.Aggregators;

/// <summary>How scores become the probability vector that an attack's loss needs.</summary>
public enum ScoreScale
{
    /// <summary>Non-negative scores of a static rule: divided by their sum, or by <see cref="Weights.Least"/> where all
    /// are zero.</summary>
    Weights,

    /// <summary>Unbounded scores of a network: softmax.</summary>
    Logits,
}
