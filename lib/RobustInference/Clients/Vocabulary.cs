using System.Security.Cryptography;
using System.Text;
using RobustInference.Files;
using RobustInference.Serving;

namespace RobustInference.Clients;

/// <summary>The tokens of a WordPiece tokeniser, one a line in <c>vocab.txt</c>: a token's number is its line (Devlin
/// et al., 2018).</summary>
/// <remarks>A token that continues a word begins with ##. Token 0 is [PAD].</remarks>
public sealed class Vocabulary
{
    public const string Padding = "[PAD]",
        Unknown = "[UNK]",
        First = "[CLS]",
        Last = "[SEP]",
        Mask = "[MASK]",
        Continues = "##";
    const char ByteOrderMark = '\uFEFF';
    const long LargestFile = 32L << 20;

    // Four times the words of the largest multilingual models.
    const int MostTokens = 1_000_000;

    /// <summary>What every vocabulary must have.</summary>
    public static readonly IReadOnlyList<string> Markers = [Padding, Unknown, First, Last, Mask];

    readonly string[] tokens;

    /// <exception cref="InvalidDataException">A token twice, empty or with a line break in it, a marker missing, or
    /// [PAD] not first.</exception>
    public Vocabulary(IEnumerable<string> tokens)
    {
        this.tokens = [.. tokens];
        var seen = new HashSet<string>(this.tokens.Length);
        for (int i = 0; i < this.tokens.Length; i++)
        {
            if (this.tokens[i].Length == 0 || this.tokens[i].AsSpan().ContainsAny('\r', '\n'))
                throw new InvalidDataException($"token {i} of the vocabulary is empty or has a line break");
            if (!seen.Add(this.tokens[i]))
                throw new InvalidDataException($"token {i} of the vocabulary, '{this.tokens[i]}', is there before");
        }
        if (Markers.FirstOrDefault(marker => !seen.Contains(marker)) is { } missing)
            throw new InvalidDataException($"the vocabulary has no {missing}");
        if (this.tokens[0] != Padding)
            throw new InvalidDataException($"token 0 of the vocabulary is '{this.tokens[0]}', not {Padding}");
    }

    public int Count => tokens.Length;

    public IReadOnlyList<string> Tokens => tokens;

    /// <summary>The number of a token that is there.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public int NumberOf(string token) =>
        Array.IndexOf(tokens, token) is >= 0 and var number
            ? number
            : throw new ArgumentException($"the vocabulary has no {token}");

    /// <summary>Reads a <c>vocab.txt</c>.</summary>
    /// <exception cref="InvalidDataException">Too large, not UTF-8, or what the constructor refuses.</exception>
    public static Vocabulary Read(string path)
    {
        byte[] bytes = InputFile.ReadAllBytes(path, LargestFile, "a vocab.txt");
        if (bytes.AsSpan().Count((byte)'\n') > MostTokens)
            throw new InvalidDataException($"{path}: has more than {MostTokens:N0} words, the most that are read");
        try
        {
            string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
            return new Vocabulary(
                text.TrimStart(ByteOrderMark).TrimEnd('\r', '\n').Split('\n').Select(line => line.TrimEnd('\r'))
            );
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException($"{path}: is not UTF-8 text");
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>The bytes of its <c>vocab.txt</c>.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(string.Join('\n', tokens) + "\n");

    /// <summary>SHA-256 of <see cref="ToBytes"/>, in hexadecimal.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(ToBytes()));
}
