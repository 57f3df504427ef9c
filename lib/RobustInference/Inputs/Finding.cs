namespace RobustInference.Inputs;

/// <summary>Something suspicious about an input: said once, in one line, with what to do about it.</summary>
/// <param name="Check">Which check found it, such as <c>few samples</c>.</param>
/// <param name="Place">Where: a part, a client, a class.</param>
/// <param name="Reason">What is suspicious.</param>
/// <param name="Cure">What to do.</param>
public sealed record Finding(string Check, string Place, string Reason, string Cure)
{
    /// <summary>Place, reason and cure.</summary>
    public override string ToString() => $"{Place}: {Reason}; {Cure}";
}
