namespace RobustInference.Serving;

/// <summary>Which order statistics a rule averages.</summary>
internal enum RangeKind
{
    /// <summary>All.</summary>
    Mean,

    /// <summary>The middle one, or the two in the middle.</summary>
    Median,

    /// <summary>The middle one, or the lower of the two in the middle.</summary>
    LowerMedian,

    /// <summary>All but t on each side.</summary>
    Trimmed,
}
