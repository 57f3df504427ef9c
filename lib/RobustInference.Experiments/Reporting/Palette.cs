namespace RobustInference.Reporting;

/// <summary>Colours that stay apart for colour-blind readers and on both light and dark paper: those of Okabe and Ito
/// (2008), moved to mid-tones.</summary>
public static class Palette
{
    /// <summary>Ten colours as <c>#rrggbb</c>.</summary>
    public static readonly IReadOnlyList<string> Colours =
    [
        "#2a86c8",
        "#e08e0b",
        "#0fa37f",
        "#d9603b",
        "#b573b0",
        "#58b4e0",
        "#8c7a3d",
        "#8a8f98",
        "#7a5fc0",
        "#b3a81e",
    ];

    /// <summary>The colour of number <paramref name="i"/>: after the last, the same colours darker and then
    /// lighter.</summary>
    public static string At(int i)
    {
        int number = Convert.ToInt32(Colours[i % Colours.Count][1..], 16);
        string Mixed(int other, double share)
        {
            int Part(int shift) => (int)Math.Round(((number >> shift) & 255) * (1 - share) + other * share);
            return $"#{Part(16):x2}{Part(8):x2}{Part(0):x2}";
        }
        return (i / Colours.Count % 3) switch
        {
            0 => Colours[i % Colours.Count],
            1 => Mixed(0, 0.4),
            _ => Mixed(255, 0.45),
        };
    }

    /// <summary>The marker's shape of number <paramref name="i"/>, of <paramref name="shapes"/>: two numbers that share
    /// a hue have another shape each.</summary>
    public static int ShapeAt(int i, int shapes) => (i + i / Colours.Count) % shapes;

    /// <summary>Viridis between 0 (dark) and 1 (bright): equal steps look equal, also without colour (van der Walt and
    /// Smith, 2015).</summary>
    public static (byte Red, byte Green, byte Blue) Viridis(double share)
    {
        // Nine points of the published map; linear between them.
        ReadOnlySpan<int> map =
        [
            0x440154,
            0x472d7b,
            0x3b528b,
            0x2c728e,
            0x21918c,
            0x28ae80,
            0x5ec962,
            0xaddc30,
            0xfde725,
        ];
        double at = Math.Clamp(share, 0, 1) * (map.Length - 1);
        int from = Math.Min((int)at, map.Length - 2);
        double weight = at - from;
        int lower = map[from],
            upper = map[from + 1];
        byte Mix(int shift) =>
            (byte)Math.Round(((lower >> shift) & 255) * (1 - weight) + ((upper >> shift) & 255) * weight);
        return (Mix(16), Mix(8), Mix(0));
    }
}
