using Microsoft.ML.Tokenizers;

namespace RobustInference.Clients;

/// <summary>BERT's uncased tokeniser (Devlin et al., 2018): text is lower-cased, stripped of accents, split at spaces, punctuation and CJK characters, and each
/// word into the longest tokens of the vocabulary from left to right.</summary>
/// <remarks>Takes any string. Markers that a text spells out, such as [SEP], are split like other text: a text cannot pretend to end. Safe to use from several threads.</remarks>
public sealed class WordPieceTokenizer
{
    readonly BertTokenizer tokenizer;

    public WordPieceTokenizer(Vocabulary vocabulary)
    {
        Vocabulary = vocabulary;
        tokenizer = BertTokenizer.Create(new MemoryStream(vocabulary.ToBytes()), new BertOptions
        {
            RemoveNonSpacingMarks = true,
            SplitOnSpecialTokens = false,
        });
    }

    public Vocabulary Vocabulary { get; }

    /// <summary>[CLS], the text's tokens, [SEP].</summary>
    /// <param name="text">Any text; an empty one gives the two markers.</param>
    /// <param name="maxLength">Most tokens, markers included, at least 2; what is longer is cut.</param>
    /// <returns>2…<paramref name="maxLength"/> token numbers.</returns>
    public int[] Encode(string text, int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 2);
        var content = tokenizer.EncodeToIds(CanonicalDecomposition.Of(text), maxLength - 2, addSpecialTokens: false, out _, out _);
        return [tokenizer.ClassificationTokenId, .. content, tokenizer.SeparatorTokenId];
    }

    /// <summary>The words that <see cref="Encode"/> splits into tokens, lower-cased and without accents.</summary>
    public IEnumerable<string> Words(string text)
    {
        foreach (var token in tokenizer.EncodeToTokens(CanonicalDecomposition.Of(text), out string? normalised))
            yield return (normalised ?? "")[token.Offset];
    }
}
