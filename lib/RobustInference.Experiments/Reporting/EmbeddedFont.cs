using ScottPlot;
using SkiaSharp;

namespace RobustInference.Reporting;

/// <summary>DejaVu Sans, which comes with this assembly: a picture looks the same everywhere, also where no font is
/// installed.</summary>
sealed class EmbeddedFont : IFontResolver
{
    /// <summary>The name by which the font is asked for.</summary>
    public const string Name = "DejaVu Sans";

    static readonly Lazy<SKTypeface> Regular = new(() =>
    {
        using var file = typeof(EmbeddedFont).Assembly.GetManifestResourceStream("DejaVuSans.ttf")!;
        var typeface = SKTypeface.FromStream(file);
        Fonts.FontResolvers.Insert(0, new EmbeddedFont());
        return typeface;
    });

    EmbeddedFont() { }

    /// <summary>The typeface; from the first call on ScottPlot knows it too.</summary>
    public static SKTypeface Typeface => Regular.Value;

    // One weight is enough: figures set no text in bold or italics.
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == Name ? Typeface : null;

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        fontName == Name ? Typeface : null;
}
