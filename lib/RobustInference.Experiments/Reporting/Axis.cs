namespace RobustInference.Reporting;

/// <summary>An axis of a <see cref="Panel"/>.</summary>
/// <param name="Title">What it measures, with its unit; may be empty where <see cref="Categories"/> speak for
/// themselves.</param>
public sealed record Axis(string Title)
{
    /// <summary>Logarithmic, base 10; values that are not positive leave a gap.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Names at 0, 1, 2, …; empty for an axis of numbers.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>The lower end; null: from the data.</summary>
    public double? Min { get; init; }

    /// <summary>The upper end; null: from the data.</summary>
    public double? Max { get; init; }

    /// <summary>Ticks at these values and no others; empty: chosen from the range.</summary>
    public IReadOnlyList<double> Ticks { get; init; } = [];

    /// <summary>An axis of names at 0, 1, 2, …</summary>
    public static Axis Of(string title, IReadOnlyList<string> categories) =>
        new(title) { Categories = [.. categories] };

    /// <summary>A logarithmic axis.</summary>
    public static Axis Logarithmic(string title) => new(title) { IsLogarithmic = true };

    /// <summary>A linear axis.</summary>
    public static implicit operator Axis(string title) => new(title);
}
