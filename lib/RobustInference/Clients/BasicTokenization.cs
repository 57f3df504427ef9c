using System.Globalization;
using System.Text;

namespace RobustInference.Clients;

/// <summary>BERT's first step (Devlin et al., 2018, uncased): a text as its words, in lower case and without accents;
/// punctuation marks and CJK characters are words of their own.</summary>
/// <remarks>Microsoft.ML.Tokenizers' own first step, 2.0.1, leaves out symbols such as $ and + and joins words that a
/// line break parts (dotnet/machinelearning, issues 7725 and 7724), and in invariant mode keeps accents; it is passed
/// by.</remarks>
public static class BasicTokenization
{
    /// <summary>The words of <paramref name="text"/>, which may be any string: control characters and lone halves of
    /// surrogate pairs are left out.</summary>
    public static IEnumerable<string> Words(string text)
    {
        var word = new StringBuilder();
        // EnumerateRunes gives U+FFFD for a lone half.
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsSpace(rune))
            {
                if (Finished() is { } before)
                    yield return before;
            }
            else if (!IsRemoved(rune))
                // Lower case once more: İ has a small letter only once its dot is off.
                foreach (
                    var part in CanonicalDecomposition
                        .Of(Rune.ToLowerInvariant(rune))
                        .EnumerateRunes()
                        .Select(Rune.ToLowerInvariant)
                )
                {
                    if (Rune.GetUnicodeCategory(part) == UnicodeCategory.NonSpacingMark)
                        continue;
                    bool alone = IsPunctuation(part) || IsCjk(rune.Value);
                    if (alone && Finished() is { } before)
                        yield return before;
                    word.Append(part.ToString());
                    if (alone)
                        yield return Finished()!;
                }
        }
        if (Finished() is { } last)
            yield return last;

        string? Finished()
        {
            if (word.Length == 0)
                return null;
            string finished = word.ToString();
            word.Clear();
            return finished;
        }
    }

    static bool IsSpace(Rune rune) =>
        rune.Value is ' ' or '\t' or '\n' or '\r' || Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator;

    static bool IsRemoved(Rune rune) =>
        rune == Rune.ReplacementChar
        || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned;

    // Everything of ASCII that is no letter, no digit and no space counts, though $ and + are symbols by category.
    static bool IsPunctuation(Rune rune) =>
        rune.Value is >= 33 and <= 47 or >= 58 and <= 64 or >= 91 and <= 96 or >= 123 and <= 126
        || Rune.GetUnicodeCategory(rune)
            is >= UnicodeCategory.ConnectorPunctuation
                and <= UnicodeCategory.OtherPunctuation;

    static bool IsCjk(int value) =>
        value
            is >= 0x4E00
                and <= 0x9FFF
                or >= 0x3400
                and <= 0x4DBF
                or >= 0x20000
                and <= 0x2A6DF
                or >= 0x2A700
                and <= 0x2B73F
                or >= 0x2B740
                and <= 0x2B81F
                or >= 0x2B820
                and <= 0x2CEAF
                or >= 0xF900
                and <= 0xFAFF
                or >= 0x2F800
                and <= 0x2FA1F;
}
