using System.Globalization;
using System.Text;

namespace RobustInference.Clients;

/// <summary>Unicode's canonical decomposition (form D) without a library for it: the workbook runs in .NET's invariant
/// mode, so that a machine needs no ICU, and there <see cref="string.Normalize()"/> leaves everything but ASCII as it
/// is.</summary>
/// <remarks>Marks stay in the order in which they come; who strips them, as BERT does, need not sort them.</remarks>
static class CanonicalDecomposition
{
    const int FirstSyllable = 0xAC00,
        LastSyllable = 0xD7A3,
        Leads = 0x1100,
        Vowels = 0x1161,
        Trails = 0x11A7,
        VowelCount = 21,
        TrailCount = 28;

    static readonly Lazy<Dictionary<Rune, string>> Table = new(Load);

    /// <summary>What <paramref name="rune"/> decomposes to; itself where it does not.</summary>
    public static string Of(Rune rune) =>
        rune.Value switch
        {
            < 0xC0 => rune.ToString(),
            >= FirstSyllable and <= LastSyllable => Syllable(rune.Value - FirstSyllable),
            _ => Table.Value.GetValueOrDefault(rune) ?? rune.ToString(),
        };

    // The Unicode Standard, section 3.12: a syllable's number says which lead, vowel and trailing consonant it is made
    // of.
    static string Syllable(int number)
    {
        char lead = (char)(Leads + number / (VowelCount * TrailCount)),
            vowel = (char)(Vowels + number / TrailCount % VowelCount);
        return number % TrailCount == 0 ? $"{lead}{vowel}" : $"{lead}{vowel}{(char)(Trails + number % TrailCount)}";
    }

    static Dictionary<Rune, string> Load()
    {
        using var reader = new StreamReader(
            typeof(CanonicalDecomposition).Assembly.GetManifestResourceStream("decompositions.txt")!
        );
        var table = new Dictionary<Rune, string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            var runes = line.Split(' ')
                .Select(hex => new Rune(int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture)))
                .ToArray();
            table[runes[0]] = string.Concat(runes[1..]);
        }
        return table;
    }
}
