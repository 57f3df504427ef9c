namespace RobustInference.Inputs;

/// <summary>Which arrays hold the answers and the labels of one part.</summary>
/// <param name="Answers">One array of all clients, or one array a client.</param>
/// <param name="Labels">The array of labels; null where they lie in a file of their own.</param>
/// <param name="SameLabels">Further arrays that must hold the same labels: each client's file may repeat them.</param>
sealed record PartRoles(
    IReadOnlyList<ArrayInfo> Answers,
    ArrayInfo? Labels,
    IReadOnlyList<ArrayInfo>? SameLabels = null
)
{
    /// <summary>What messages call the answers.</summary>
    public string Name => Answers is [var one] ? one.Name : $"{Answers[0].Name} … {Answers[^1].Name}";
}
