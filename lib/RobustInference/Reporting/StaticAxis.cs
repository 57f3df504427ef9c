using System.Globalization;
using ScottPlot;
using ScottPlot.AxisPanels;
using ScottPlot.TickGenerators;

namespace RobustInference.Reporting;

/// <summary>An <see cref="Axis"/> as ScottPlot draws it: where values stand on it, its range and its ticks.</summary>
sealed class StaticAxis(Axis axis, IEnumerable<double> values)
{
    readonly double[] values = [.. values];

    /// <summary>Where a value stands: its logarithm on a logarithmic axis; NaN where it has no place.</summary>
    public double Place(double value) => !axis.IsLogarithmic ? value : value > 0 ? Math.Log10(value) : double.NaN;

    /// <summary>The ends of the axis, as places. Bars and histograms stand on zero, so that no air is left under them.</summary>
    public (double Min, double Max) Range(bool isCategorical, bool standsOnZero)
    {
        double[] places = [.. values.Select(Place).Where(double.IsFinite).DefaultIfEmpty(0)];
        double min = places.Min(), max = places.Max();
        if (isCategorical) (min, max) = (Math.Min(min, -0.5), Math.Max(max, Math.Max(axis.Categories.Count - 0.5, 0.5)));
        else
        {
            double air = max > min ? 0.05 * (max - min) : Math.Max(0.05 * Math.Abs(max), 0.5);
            bool onZero = standsOnZero && !axis.IsLogarithmic && min >= 0;
            (min, max) = (onZero ? 0 : min - air, max + air);
        }
        if (axis.Min is { } low && double.IsFinite(Place(low))) min = Place(low);
        if (axis.Max is { } high && double.IsFinite(Place(high))) max = Place(high);
        return (min, max > min ? max : min + 1);
    }

    /// <summary>Dresses <paramref name="drawn"/>: title, ticks, colours.</summary>
    /// <param name="drawn">ScottPlot's axis.</param>
    /// <param name="theme">Its colours.</param>
    /// <param name="room">Pixels for each category's name; longer names are turned. Null: names have room.</param>
    /// <param name="range">The ends of the axis, as places.</param>
    public void Dress(AxisBase drawn, Theme theme, double? room, (double Min, double Max) range)
    {
        var text = Color.FromHex(theme.Text);
        drawn.LabelStyle.Text = axis.Title;
        drawn.LabelStyle.FontSize = 13;
        drawn.TickLabelStyle.FontSize = 12;
        foreach (var style in new[] { drawn.LabelStyle, drawn.TickLabelStyle }) (style.FontName, style.Bold, style.ForeColor) = (EmbeddedFont.Name, false, text);
        drawn.FrameLineStyle.Color = Color.FromHex(theme.Grid);
        drawn.MajorTickStyle.Color = drawn.MinorTickStyle.Color = Color.FromHex(theme.Grid);
        drawn.MinorTickStyle.Length = 0;
        if (axis.Categories.Count > 0) DressWithNames(drawn, room);
        else drawn.TickGenerator = axis.Ticks.Count > 0 ? new NumericManual([.. axis.Ticks.Select(Place)], [.. axis.Ticks.Select(Number)])
            : axis.IsLogarithmic ? Decades(range)
            : new NumericAutomatic { LabelFormatter = Number, TickDensity = 0.6, IntegerTicksOnly = AreFewIntegers };
    }

    /// <summary>A count, such as that of corrupted clients, has no halves.</summary>
    bool AreFewIntegers => values.Length > 0 && values.All(value => !double.IsFinite(value) || value == Math.Round(value)) && values.Max() - values.Min() <= 20;

    void DressWithNames(AxisBase drawn, double? room)
    {
        drawn.TickGenerator = new NumericManual([.. axis.Categories.Select((_, i) => (double)i)], [.. axis.Categories]);
        drawn.MajorTickStyle.Length = 0;
        double longest = axis.Categories.Max(name => StaticText.Width(name, 12));
        if (room is null || longest < room - 8) return;
        drawn.TickLabelStyle.Rotation = -40;
        drawn.TickLabelStyle.Alignment = ScottPlot.Alignment.UpperRight;
        // ScottPlot measures turned names as if they lay flat.
        drawn.MinimumSize = (float)(longest * Math.Sin(40 * Math.PI / 180) + 10 + (axis.Title == "" ? 0 : 20));
    }

    /// <summary>1, 10, 100, …, and 2 and 5 between them where the range is short.</summary>
    static NumericManual Decades((double Min, double Max) range)
    {
        double[] steps = range.Max - range.Min > 3 ? [1] : range.Max - range.Min > 1.2 ? [1, 3] : [1, 2, 5];
        var ticks = new NumericManual();
        for (int decade = (int)Math.Floor(range.Min); decade <= range.Max; decade++)
            foreach (double step in steps)
                if (decade + Math.Log10(step) is var place && range.Min - 1e-9 <= place && place <= range.Max + 1e-9)
                    ticks.AddMajor(place, Number(step * Math.Pow(10, decade)));
        return ticks;
    }

    /// <summary>A number as readers know it: no rounding noise, a true minus sign, powers of ten where it would be long.</summary>
    public static string Number(double value)
    {
        string text = Math.Abs(value) is >= 1e5 or < 1e-4 and > 0
            ? value.ToString("0.##e0", CultureInfo.InvariantCulture)
            : Math.Round(value, 9).ToString("0.#########", CultureInfo.InvariantCulture);
        return text.Replace('-', '−');
    }
}
