namespace RobustInference.Assessment;

/// <summary>How much a report trains.</summary>
public enum ReportTraining
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A few passes: what training is good for, not the most that it gives.</summary>
    Quick,

    /// <summary>The whole recipe.</summary>
    Full,
}
