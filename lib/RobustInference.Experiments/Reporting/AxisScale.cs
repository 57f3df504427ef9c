using System.Globalization;

namespace RobustInference.Reporting;

/// <summary>Where values stand on an <see cref="Axis"/>, how far it reaches, and which ticks it has: the same for both
/// renderers.</summary>
sealed class AxisScale(Axis axis, IEnumerable<double> values)
{
    readonly double[] values = [.. values.Where(double.IsFinite)];

    public Axis Axis => axis;

    /// <summary>Where a value stands: its logarithm on a logarithmic axis; NaN where it has no place.</summary>
    public double Place(double value) =>
        !axis.IsLogarithmic ? value
        : value > 0 ? Math.Log10(value)
        : double.NaN;

    /// <summary>A count, such as that of corrupted clients, has no halves.</summary>
    public bool AreFewIntegers =>
        values.Length > 0 && values.All(value => value == Math.Round(value)) && values.Max() - values.Min() <= 20;

    /// <summary>The ends of the axis, as places. Bars and histograms stand on zero, so that no air is left under
    /// them.</summary>
    public (double Min, double Max) Range(bool isCategorical, bool standsOnZero)
    {
        double[] places = [.. values.Select(Place).Where(double.IsFinite).DefaultIfEmpty(0)];
        double min = places.Min(),
            max = places.Max();
        if (isCategorical)
            (min, max) = (Math.Min(min, -0.5), Math.Max(max, Math.Max(axis.Categories.Count - 0.5, max + 0.5)));
        else
        {
            double air = max > min ? 0.05 * (max - min) : Math.Max(0.05 * Math.Abs(max), 0.5);
            bool onZero = standsOnZero && !axis.IsLogarithmic && min >= 0;
            (min, max) = (onZero ? 0 : min - air, max + air);
        }
        if (axis.Min is { } low && double.IsFinite(Place(low)))
            min = Place(low);
        if (axis.Max is { } high && double.IsFinite(Place(high)))
            max = Place(high);
        return (min, max > min ? max : min + 1);
    }

    /// <summary>Ticks with their labels; null where the renderer chooses them.</summary>
    public IReadOnlyList<(double Value, string Label)>? Ticks((double Min, double Max) range) =>
        axis.Categories.Count > 0 ? [.. axis.Categories.Select((name, i) => ((double)i, name))]
        : axis.Ticks.Count > 0 ? [.. axis.Ticks.Select(value => (value, Number(value)))]
        : axis.IsLogarithmic ? Decades(range)
        : null;

    /// <summary>1, 10, 100, …, and steps between them where the range is short.</summary>
    static List<(double, string)> Decades((double Min, double Max) range)
    {
        double[] steps =
            range.Max - range.Min > 3 ? [1]
            : range.Max - range.Min > 1.2 ? [1, 3]
            : [1, 2, 5];
        var ticks = new List<(double, string)>();
        for (int decade = (int)Math.Floor(range.Min); decade <= range.Max; decade++)
            foreach (double step in steps)
                if (decade + Math.Log10(step) is var place && range.Min - 1e-9 <= place && place <= range.Max + 1e-9)
                    ticks.Add((step * Math.Pow(10, decade), Number(step * Math.Pow(10, decade))));
        return ticks;
    }

    /// <summary>A number as readers know it: no rounding noise, a true minus sign, powers of ten where it would be
    /// long.</summary>
    public static string Number(double value)
    {
        string text = Math.Abs(value) is >= 1e5 or < 1e-4 and > 0
            ? value.ToString("0.##e0", CultureInfo.InvariantCulture)
            : Math.Round(value, 9).ToString("0.#########", CultureInfo.InvariantCulture);
        return text.Replace('-', '−');
    }
}
