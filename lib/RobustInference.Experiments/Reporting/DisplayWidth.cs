using System.Globalization;
using System.Text;

namespace RobustInference.Reporting;

/// <summary>How many terminal columns a text takes: East Asian wide characters and emoji two, combining marks none
/// (Unicode Annex 11).</summary>
static class DisplayWidth
{
    // First and last code point of the ranges that terminals draw in two columns.
    static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115F),
        (0x2E80, 0x303E),
        (0x3041, 0x33FF),
        (0x3400, 0x4DBF),
        (0x4E00, 0x9FFF),
        (0xA000, 0xA4CF),
        (0xAC00, 0xD7A3),
        (0xF900, 0xFAFF),
        (0xFE30, 0xFE4F),
        (0xFF00, 0xFF60),
        (0xFFE0, 0xFFE6),
        (0x1F300, 0x1F64F),
        (0x1F680, 0x1F6FF),
        (0x1F900, 0x1F9FF),
        (0x20000, 0x3FFFD),
    ];

    public static int Of(string text) => text.EnumerateRunes().Sum(Of);

    static int Of(Rune rune) =>
        Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.NonSpacingMark
            or UnicodeCategory.EnclosingMark
            or UnicodeCategory.Format
            or UnicodeCategory.Control => 0,
            _ => Wide.Any(range => range.First <= rune.Value && rune.Value <= range.Last) ? 2 : 1,
        };

    /// <summary><paramref name="text"/> filled with spaces up to <paramref name="width"/> terminal columns; a longer
    /// one stays whole.</summary>
    public static string Pad(string text, int width, Alignment alignment)
    {
        int missing = Math.Max(0, width - Of(text));
        int left = alignment switch
        {
            Alignment.Right => missing,
            Alignment.Centre => missing / 2,
            _ => 0,
        };
        return new string(' ', left) + text + new string(' ', missing - left);
    }
}
