namespace RobustInference.Running;

/// <summary>Where a sweep stands.</summary>
/// <param name="Done">Share of its work, 0…1.</param>
/// <param name="Stage">What is going on.</param>
public readonly record struct SweepProgress(double Done, string Stage);
