namespace RobustInference.Reporting;

/// <summary>Text in a panel, centred over a point of its axes.</summary>
public sealed record Annotation(double X, double Y, string Text);
