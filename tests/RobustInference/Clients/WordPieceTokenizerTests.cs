using CsCheck;
using RobustInference.Clients;
using RobustInference.Results;

namespace Tests.RobustInference.Clients;

public class WordPieceTokenizerTests
{
    static readonly Vocabulary Small = new([
        .. Vocabulary.Markers,
        "un",
        "##aff",
        "##able",
        "naive",
        "cafe",
        "world",
        "##s",
        "中",
        "文",
        "\u1112\u1161\u11AB",
        ",",
        "[",
        "]",
        "sep",
        "angstrom",
        "!",
        "e",
        "$",
        "+",
        "5",
        "i",
    ]);
    static readonly WordPieceTokenizer Tokenizer = new(Small);

    static string Tokens(string text) => string.Join(' ', Tokenizer.Encode(text, 64).Select(id => Small.Tokens[id]));

    [Theory]
    [InlineData("unaffable", "un ##aff ##able")]
    [InlineData("UnAffable worlds", "un ##aff ##able world ##s")]
    [InlineData("naïve café, 中文", "naive cafe , 中 文")]
    [InlineData("nai\u0308ve cafe\u0301", "naive cafe")]
    [InlineData("ÅNGSTRÖM", "angstrom")]
    [InlineData("\u212Bngstro\u0308m", "angstrom")]
    [InlineData("\u1EBF \u1EC7", "e e")]
    [InlineData("İ i̇ I", "i i i")]
    [InlineData("한", "\u1112\u1161\u11AB")]
    [InlineData("world\u0000 \uFFFD\u0007 world", "world world")]
    [InlineData("world\uD800 \uDC00world!", "world world !")]
    [InlineData("world\nworld\tworld\r\nworld", "world world world world")]
    [InlineData("$5+$5", "$ 5 + $ 5")]
    [InlineData("worldx 𝄞", "[UNK] [UNK]")]
    [InlineData("", "")]
    public void Words_become_the_tokens_that_BERT_would_choose(string text, string tokens) =>
        Assert.Equal($"[CLS] {tokens} [SEP]".Replace("  ", " "), Tokens(text));

    [Fact]
    public void A_text_cannot_spell_a_marker() => Assert.Equal("[CLS] [ sep ] world [SEP]", Tokens("[SEP] world"));

    [Fact]
    public void What_is_too_long_is_cut_and_the_end_is_marked_all_the_same() =>
        Assert.Equal(
            "[CLS] world world [SEP]",
            string.Join(' ', Tokenizer.Encode("world world world", 4).Select(id => Small.Tokens[id]))
        );

    [Fact]
    public void A_word_is_cut_within_if_the_end_falls_there()
    {
        // From the published definition: the pieces of the whole text, of which those that fit are kept.
        string[] whole = Tokens("world unaffable").Split(' ')[1..^1];
        Assert.True(whole.Length >= 3, "the word has to have several pieces");
        for (int length = 3; length < whole.Length + 2; length++)
            Assert.Equal(
                ["[CLS]", .. whole[..(length - 2)], "[SEP]"],
                Tokenizer.Encode("world unaffable", length).Select(id => Small.Tokens[id])
            );
    }

    [Fact]
    public void No_text_throws_lengths_and_numbers_stay_in_range() =>
        Gen.Select(AnyText, Gen.Int[3, 20])
            .Sample(
                (text, length) =>
                {
                    int[] ids = Tokenizer.Encode(text, length);
                    Assert.InRange(ids.Length, 2, length);
                    Assert.All(ids, id => Assert.InRange(id, 0, Small.Count - 1));
                    Assert.Equal((2, 3), (ids[0], ids[^1]));
                    Assert.DoesNotContain(ids[1..^1], id => id is 0 or 2 or 3);
                },
                iter: 5000
            );

    static string[] Awkward =>
        [
            "[SEP]",
            "[PAD]",
            "##",
            "##s",
            "e\u0301",
            "\u0345",
            "한",
            "İ",
            "ß",
            "\u00AD",
            "\u200D",
            "👩‍👩‍👧",
            new string('x', 300),
            " ",
            "\t\n",
        ];

    /// <summary>Anything a string can hold: every UTF-16 unit, halves of pairs without the other, marks, control
    /// characters, markers.</summary>
    static readonly Gen<string> AnyText = Gen.OneOf(
        Gen.Char['\0', '\uFFFF'].Array[0, 60].Select(chars => new string(chars)),
        Gen.Char['\uD800', '\uDFFF'].Array[0, 20].Select(chars => new string(chars)),
        Gen.Int[0, Awkward.Length - 1].Array[0, 12].Select(picks => string.Concat(picks.Select(i => Awkward[i]))),
        Gen.String[0, 60]
    );

    [Fact]
    public void A_word_is_split_into_the_longest_pieces_from_left_to_right() =>
        Gen.Select(
                Gen.String[Gen.Char['a', 'c'], 1, 4].Array[0, 12],
                Gen.String[Gen.Char['a', 'c'], 1, 4].Array[0, 12],
                Gen.String[Gen.Char['a', 'c'], 1, 12]
            )
            .Sample(
                (heads, tails, word) =>
                {
                    var vocabulary = new Vocabulary([
                        .. Vocabulary.Markers,
                        .. heads.Distinct(),
                        .. tails.Distinct().Select(tail => "##" + tail),
                    ]);
                    string[] got =
                    [
                        .. new WordPieceTokenizer(vocabulary)
                            .Encode(word, 64)[1..^1]
                            .Select(id => vocabulary.Tokens[id]),
                    ];
                    Assert.Equal(Greedy(word, [.. vocabulary.Tokens]), got);
                },
                iter: 500
            );

    static string[] Greedy(string word, HashSet<string> tokens)
    {
        var pieces = new List<string>();
        for (int at = 0; at < word.Length; )
        {
            int length = word.Length - at;
            while (length > 0 && !tokens.Contains((at == 0 ? "" : "##") + word.Substring(at, length)))
                length--;
            if (length == 0)
                return ["[UNK]"];
            pieces.Add((at == 0 ? "" : "##") + word.Substring(at, length));
            at += length;
        }
        return [.. pieces];
    }

    /// <summary>BERT's own vocabulary where it is here: 30,522 tokens of which the numbers below were published many
    /// times over.</summary>
    [Fact]
    public void With_BERTs_vocabulary_texts_have_BERTs_numbers()
    {
        string[] places = [Environment.GetEnvironmentVariable("WORKBOOK_DATA") ?? "", WorkbookFolder.DataCache];
        string? file = places
            .Where(place => place.Length > 0)
            .Select(place => Path.Combine(place, "bert-base-uncased-vocab.txt"))
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(
            file is null,
            "BERT's vocabulary is not here: put its vocab.txt as bert-base-uncased-vocab.txt into "
                + "data/cache or the folder that WORKBOOK_DATA names"
        );
        var tokenizer = new WordPieceTokenizer(Vocabulary.Read(file!));
        Assert.Equal(30522, tokenizer.Vocabulary.Count);
        Assert.Equal([101, 7592, 2088, 999, 102], tokenizer.Encode("Hello world!", 16));
        Assert.Equal([101, 15743, 7668, 1746, 1861, 102], tokenizer.Encode("naïve café 中文", 16));
        Assert.Equal([101, 14477, 20961, 3468, 102], tokenizer.Encode("unaffable", 16));
    }
}
