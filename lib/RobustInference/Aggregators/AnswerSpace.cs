namespace RobustInference.Aggregators;

/// <summary>What clients send to an aggregator.</summary>
public enum AnswerSpace
{
    /// <summary>Rows on the simplex Δ^K; the order of the clients does not matter.</summary>
    Probits,

    /// <summary>Unbounded rows in client order.</summary>
    Logits,
}
