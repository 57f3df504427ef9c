namespace RobustInference.Reporting;

/// <summary>Bars over the categories 0, 1, 2, … of the x axis; bars of several series stand side by side, or on each
/// other where the panel says so.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Values">One for each category.</param>
/// <param name="Errors">Half the length of each error bar, for instance a standard deviation; null for none.</param>
/// <exception cref="ArgumentException">As many errors as values are needed.</exception>
public sealed record BarSeries(string Name, IReadOnlyList<double> Values, IReadOnlyList<double>? Errors = null)
    : Series(Name)
{
    public IReadOnlyList<double> Values { get; } = [.. Values];

    public IReadOnlyList<double>? Errors { get; } = Same(Name, Values, Errors);

    static IReadOnlyList<double>? Same(string name, IReadOnlyList<double> values, IReadOnlyList<double>? errors)
    {
        MustAgree(name, values.Count, errors?.Count, "errors");
        return errors is null ? null : [.. errors];
    }
}
