using RobustInference.Clients;

namespace Tests.RobustInference.Clients;

public sealed class VocabularyTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    string Refusal(string text)
    {
        File.WriteAllText(folder.File("vocab.txt"), text);
        string message = Assert.Throws<InvalidDataException>(() => Vocabulary.Read(folder.File("vocab.txt"))).Message;
        Assert.StartsWith(folder.File("vocab.txt"), message);
        return message;
    }

    [Fact]
    public void A_tokens_number_is_its_line_whatever_ends_the_lines()
    {
        foreach (string end in new[] { "\n", "\r\n" })
        {
            File.WriteAllText(
                folder.File("vocab.txt"),
                string.Join(end, "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "news", "##s") + end
            );
            var vocabulary = Vocabulary.Read(folder.File("vocab.txt"));
            Assert.Equal((7, "##s"), (vocabulary.Count, vocabulary.Tokens[6]));
            Assert.Equal(
                [3, 5, 6, 4],
                [
                    .. new WordPieceTokenizer(
                        new Vocabulary(["[PAD]", "[UNK]", "[MASK]", "[CLS]", "[SEP]", "news", "##s"])
                    ).Encode("newss", 9),
                ]
            );
        }
    }

    [Theory]
    [InlineData("", "token 0 of the vocabulary is empty")]
    [InlineData("[PAD]\n[UNK]\n[CLS]\n[SEP]\n", "no [MASK]")]
    [InlineData("[UNK]\n[PAD]\n[CLS]\n[SEP]\n[MASK]\n", "token 0 of the vocabulary is '[UNK]'")]
    [InlineData("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\na\n", "token 7 of the vocabulary, 'a', is there before")]
    [InlineData("[PAD]\n[UNK]\n\n[CLS]\n[SEP]\n[MASK]\n", "token 2 of the vocabulary is empty")]
    public void What_is_no_vocabulary_is_refused_in_one_line(string text, string says) =>
        Assert.Contains(says, Refusal(text));

    [Fact]
    public void A_file_that_is_no_text_or_too_large_is_refused()
    {
        File.WriteAllBytes(folder.File("vocab.txt"), [0xFF, 0xFE, 0x80]);
        Assert.Contains(
            "not UTF-8",
            Assert.Throws<InvalidDataException>(() => Vocabulary.Read(folder.File("vocab.txt"))).Message
        );
        using (var file = File.Create(folder.File("large.txt")))
            file.SetLength(1L << 40);
        Assert.Contains(
            "more than",
            Assert.Throws<InvalidDataException>(() => Vocabulary.Read(folder.File("large.txt"))).Message
        );
    }
}
