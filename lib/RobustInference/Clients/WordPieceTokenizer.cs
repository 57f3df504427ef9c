using Microsoft.ML.Tokenizers;

namespace RobustInference.Clients;

/// <summary>BERT's uncased tokeniser (Devlin et al., 2018): the words of <see cref="BasicTokenization"/>, each as the
/// longest tokens of the vocabulary from left to right.</summary>
/// <remarks>Takes any string. Markers that a text spells out, such as [SEP], are split like other text: a text cannot
/// pretend to end. Safe to use from several threads.</remarks>
public sealed class WordPieceTokenizer
{
    readonly Microsoft.ML.Tokenizers.WordPieceTokenizer pieces;
    readonly int first,
        last;

    public WordPieceTokenizer(Vocabulary vocabulary)
    {
        Vocabulary = vocabulary;
        pieces = Microsoft.ML.Tokenizers.WordPieceTokenizer.Create(
            new MemoryStream(vocabulary.ToBytes()),
            new WordPieceOptions { PreTokenizer = PreTokenizer.CreateWhiteSpace() }
        );
        (first, last) = (vocabulary.NumberOf(Vocabulary.First), vocabulary.NumberOf(Vocabulary.Last));
    }

    public Vocabulary Vocabulary { get; }

    /// <summary>[CLS], the text's tokens, [SEP]. A word of more than 100 characters, or one that the vocabulary cannot
    /// spell, is [UNK].</summary>
    /// <param name="text">Any text; an empty one gives the two markers.</param>
    /// <param name="maxLength">Most tokens, markers included, at least 3; what is longer is cut, within a word if need
    /// be.</param>
    /// <returns>2…<paramref name="maxLength"/> token numbers.</returns>
    public int[] Encode(string text, int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 3);
        // Word by word: given a limit, the library leaves out the whole word that crosses it, where BERT keeps the
        // tokens that fit.
        return
        [
            first,
            .. BasicTokenization.Words(text).SelectMany(word => pieces.EncodeToIds(word)).Take(maxLength - 2),
            last,
        ];
    }
}
