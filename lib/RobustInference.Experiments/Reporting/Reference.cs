namespace RobustInference.Reporting;

/// <summary>A thin line across a panel, such as chance level or a published value.</summary>
/// <param name="Value">Where it crosses its axis.</param>
/// <param name="Label">Stands at its end; empty for none.</param>
/// <param name="IsVertical">Crosses the x axis; else the y axis.</param>
public sealed record Reference(double Value, string Label, bool IsVertical = false);
