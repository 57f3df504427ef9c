namespace RobustInference.Reporting;

/// <summary>Where a column's cells stand.</summary>
public enum Alignment
{
    Left,
    Right,
    Centre,
}
