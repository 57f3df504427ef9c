using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace RobustInference.Reporting;

/// <summary>Makes of what SkiaSharp writes an SVG that stands in any page: scales with it, shares no ids with other
/// drawings, reads with any font.</summary>
static partial class SvgDocument
{
    /// <param name="svg">As SkiaSharp wrote it.</param>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="title">For those who do not see the drawing.</param>
    public static string Finish(string svg, int width, int height, string title)
    {
        string body = svg[(svg.IndexOf('>', svg.IndexOf("<svg", StringComparison.Ordinal)) + 1)..];
        body = Text()
            .Replace(
                body,
                match =>
                    Placed(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value, match.Groups[4].Value)
            );
        body = Indentation().Replace(body, "\n");
        body = Tag().Replace(body, tag => Decimals().Replace(tag.Value, Hundredths));

        // SkiaSharp numbers on from drawing to drawing: equal figures are to give equal bytes, and different ones in a
        // page different ids.
        var numbers = new Dictionary<string, int>();
        string Renamed(string prefix) =>
            Id()
                .Replace(
                    body,
                    match =>
                    {
                        string id = match.Groups[2].Value;
                        if (!numbers.TryGetValue(id, out int number))
                            numbers[id] = number = numbers.Count;
                        return $"{match.Groups[1].Value}{prefix}{number}";
                    }
                );
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Renamed("")))[..4]);
        return Open(width, height, title) + Renamed($"f{hash}-");
    }

    /// <summary>The opening tag, with a size that shrinks where the page is narrow.</summary>
    public static string Open(int width, int height, string title) =>
        $"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" """
        + $"""width="{width}" height="{height}" viewBox="0 0 {width} {height}" """
        + $"""role="img" aria-label="{Escaped(title)}" style="max-width:100%;height:auto">""";

    public static string Escaped(string text) =>
        text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;");

    /// <summary>A hundredth of a pixel is not seen, and what is finer makes up a third of a drawing.</summary>
    static string Hundredths(Match number) =>
        double.Parse(number.Value, CultureInfo.InvariantCulture).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>SkiaSharp gives every letter its place, which tears words apart in another font: one place and a length
    /// fit any.</summary>
    static string Placed(string attributes, string x, string y, string text)
    {
        static string First(string list) => list.Split(',')[0].Trim();
        float size = float.Parse(FontSize().Match(attributes).Groups[1].Value, CultureInfo.InvariantCulture);
        double length = StaticText.Width(System.Net.WebUtility.HtmlDecode(text), size);
        string fonts = attributes.Replace(
            "font-family=\"DejaVu Sans\"",
            "font-family=\"DejaVu Sans, Verdana, sans-serif\""
        );
        string fit =
            text.Length < 2
                ? ""
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $" textLength=\"{length:0.#}\" lengthAdjust=\"spacingAndGlyphs\""
                );
        return $"<text {fonts.Trim()} x=\"{First(x)}\" y=\"{First(y)}\"{fit}>{text}</text>";
    }

    [GeneratedRegex("""<text ([^>]*?)x="([^"]*)" y="([^"]*)">\s*(.*?)\s*</text>""", RegexOptions.Singleline)]
    private static partial Regex Text();

    [GeneratedRegex("""font-size="([0-9.]+)" """)]
    private static partial Regex FontSize();

    [GeneratedRegex("""(\bid="|url\(#|href="#)([^")]+)""")]
    private static partial Regex Id();

    // A transform's factors are no pixels.
    [GeneratedRegex("""<(?![^>]*transform)[^>]+>""")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\d+\.\d{3,}")]
    private static partial Regex Decimals();

    [GeneratedRegex(@"\n\t+")]
    private static partial Regex Indentation();
}
