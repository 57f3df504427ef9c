using System.Globalization;

namespace RobustInference.Reporting;

/// <summary>One cell of a <see cref="Table"/>: what a person reads, and the number behind it where there is
/// one.</summary>
public sealed record Cell
{
    /// <summary>A cell without a value: “–”.</summary>
    public static readonly Cell Missing = new();

    /// <summary>What is shown.</summary>
    public string Text { get; init; } = "–";

    /// <summary>The number behind <see cref="Text"/>, in full; CSV writes it in the text's place.</summary>
    public double? Number { get; init; }

    /// <summary>A second value to compare with, shown fainter in parentheses after the first; empty for none.</summary>
    public string Excluded { get; init; } = "";

    /// <summary>A sign behind the cell, such as <c>*</c>, which a note under the table explains; empty for
    /// none.</summary>
    public string Mark { get; init; } = "";

    /// <summary>Shown in bold: the best of its column.</summary>
    public bool IsBold { get; init; }

    /// <summary>A cell of text; <see cref="Missing"/> where there is none.</summary>
    public static Cell Of(string? text) => string.IsNullOrEmpty(text) ? Missing : new Cell { Text = text };

    /// <summary>A number in the invariant culture; <see cref="Missing"/> for null and NaN.</summary>
    /// <param name="value">The number.</param>
    /// <param name="format">A .NET format string, for instance <c>0.000</c>, <c>0.0 %</c> or <c>g3</c>.</param>
    public static Cell Of(double? value, string format = "0.###") =>
        value is null or double.NaN
            ? Missing
            : new Cell { Text = value.Value.ToString(format, CultureInfo.InvariantCulture), Number = value };

    /// <summary>A share in percent with one decimal and without the sign, which belongs in the header;
    /// <see cref="Missing"/> for null and NaN.</summary>
    /// <param name="share">0…1.</param>
    public static Cell OfPercent(double? share) => Of(share) with { Text = Percent(share) };

    /// <summary>A mean in percent, and its standard deviation where it has one: “48.2 ± 4.2”; <see cref="Missing"/>
    /// without a mean.</summary>
    /// <param name="mean">0…1.</param>
    /// <param name="deviation">0…1; null or NaN leaves it out.</param>
    public static Cell OfPercent(double? mean, double? deviation) =>
        mean is null or double.NaN
            ? Missing
            : OfPercent(mean) with
            {
                Text = deviation is null or double.NaN ? Percent(mean) : $"{Percent(mean)} ± {Percent(deviation)}",
            };

    /// <summary>A cell of text.</summary>
    public static implicit operator Cell(string? text) => Of(text);

    /// <summary>The share in percent as it is shown, which decides between equals.</summary>
    /// <param name="share">0…1.</param>
    internal static double Shown(double share) => double.Parse(Percent(share), CultureInfo.InvariantCulture);

    // Not "F1": this format rounds what fifteen digits say, so that 0.6515 is 65.2, and not 65.1 because the product is
    // 65.149999999999991. It is the rule wherever a percentage is printed.
    static string Percent(double? share) =>
        share is null or double.NaN ? Missing.Text : (100 * share.Value).ToString("0.0", CultureInfo.InvariantCulture);
}
