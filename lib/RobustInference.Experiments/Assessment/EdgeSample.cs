namespace RobustInference.Assessment;

/// <summary>A sample that the best rule is certified for, and only just.</summary>
/// <param name="Sample">From 0.</param>
/// <param name="Label">Its class.</param>
/// <param name="Margin">By how much the label's score leads in the worst case.</param>
public sealed record EdgeSample(int Sample, string Label, double Margin);
