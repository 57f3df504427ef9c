namespace RobustInference.Clients;

/// <summary>A small vocabulary made from texts, for a model that is trained from scratch: frequent words whole, and
/// pieces to spell the others with.</summary>
/// <remarks>Not BERT's own procedure, of which only the result was published: a quarter of the room at most goes to
/// single characters, three quarters of the rest to the words that occur most, and what is left to the beginnings and
/// ends of the remaining words that save most tokens. The same texts give the same vocabulary.</remarks>
public static class TextVocabulary
{
    const int LongestPiece = 8,
        RarestWord = 3;

    /// <summary>A vocabulary of at most <paramref name="size"/> tokens.</summary>
    /// <exception cref="ArgumentException">A size of less than 100.</exception>
    public static Vocabulary Of(IReadOnlyList<string> texts, int size)
    {
        if (size < 100)
            throw new ArgumentException($"a vocabulary of {size} tokens is too small; at least 100 are needed");
        var tokens = new List<string>(Vocabulary.Markers);
        var known = new HashSet<string>(tokens);
        var words = CountWords(texts);
        AddMost(Characters(words), size / 4);
        var frequent = words.Where(word => word.Value >= RarestWord).ToDictionary();
        AddMost(frequent, tokens.Count + (size - tokens.Count) * 3 / 4);
        AddMost(Pieces(words.Where(word => !known.Contains(word.Key))), size);
        AddMost(frequent, size);
        return new Vocabulary(tokens);

        void AddMost(Dictionary<string, long> scores, int upTo)
        {
            foreach (
                var (token, _) in scores
                    .OrderByDescending(pair => pair.Value)
                    .ThenBy(pair => pair.Key, StringComparer.Ordinal)
            )
            {
                if (tokens.Count >= upTo)
                    return;
                if (known.Add(token))
                    tokens.Add(token);
            }
        }
    }

    static Dictionary<string, long> CountWords(IReadOnlyList<string> texts)
    {
        var counts = new Dictionary<string, long>();
        foreach (string text in texts)
        foreach (string word in BasicTokenization.Words(text))
            Add(counts, word, 1);
        return counts;
    }

    static Dictionary<string, long> Characters(Dictionary<string, long> words)
    {
        var scores = new Dictionary<string, long>();
        foreach (var (word, count) in words)
        {
            bool first = true;
            foreach (var rune in word.EnumerateRunes())
            {
                Add(scores, first ? rune.ToString() : Vocabulary.Continues + rune, count);
                first = false;
            }
        }
        return scores;
    }

    static Dictionary<string, long> Pieces(IEnumerable<KeyValuePair<string, long>> words)
    {
        var scores = new Dictionary<string, long>();
        foreach (var (word, count) in words)
            for (int length = 2; length <= Math.Min(LongestPiece, word.Length - 1); length++)
            {
                if (!char.IsHighSurrogate(word[length - 1]))
                    Add(scores, word[..length], count * (length - 1));
                if (!char.IsLowSurrogate(word[^length]))
                    Add(scores, Vocabulary.Continues + word[^length..], count * (length - 1));
            }
        return scores;
    }

    static void Add(Dictionary<string, long> counts, string key, long count) =>
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _) += count;
}
