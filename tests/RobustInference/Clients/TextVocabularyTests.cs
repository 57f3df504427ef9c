using CsCheck;
using RobustInference.Clients;

namespace Tests.RobustInference.Clients;

public class TextVocabularyTests
{
    static readonly Lazy<string[]> News = new(() => TinyNews.Texts().Train.Texts);

    [Fact]
    public void Frequent_words_are_tokens_and_rare_ones_are_spelled()
    {
        string[] texts = [.. News.Value, "zeppelins", "Zürich"];
        var vocabulary = TextVocabulary.Of(texts, 200);
        Assert.InRange(vocabulary.Count, 60, 200);
        Assert.All(["the", "minister", "satellite"], word => Assert.Contains(word, vocabulary.Tokens));
        Assert.DoesNotContain("zeppelins", vocabulary.Tokens);
        var tokenizer = new WordPieceTokenizer(vocabulary);
        int[] ids = tokenizer.Encode("The zeppelins", 64);
        Assert.Equal(
            "[CLS] the zeppelins [SEP]",
            string.Join(' ', ids.Select(id => vocabulary.Tokens[id])).Replace(" ##", "")
        );
        Assert.True(ids.Length < 3 + "zeppelins".Length, "a piece is longer than a letter");
    }

    [Fact]
    public void Every_word_of_the_texts_can_be_spelled_as_long_as_there_is_room_for_its_letters() =>
        Gen.String[Gen.Char['a', 'z'], 1, 9]
            .Array[1, 40]
            .Sample(
                words =>
                {
                    string text = string.Join(' ', words);
                    var vocabulary = TextVocabulary.Of([text], 400);
                    Assert.InRange(vocabulary.Count, 5, 400);
                    Assert.DoesNotContain(1, new WordPieceTokenizer(vocabulary).Encode(text, 1000));
                },
                iter: 100
            );

    [Fact]
    public void The_same_texts_give_the_same_vocabulary_in_any_order()
    {
        var reversed = News.Value.Reverse().ToArray();
        Assert.Equal(TextVocabulary.Of(News.Value, 150).Tokens, TextVocabulary.Of(reversed, 150).Tokens);
        Assert.NotEqual(
            TextVocabulary.Of(News.Value, 150).Hash,
            TextVocabulary.Of([.. News.Value, "another another another"], 150).Hash
        );
    }

    [Fact]
    public void Too_small_a_vocabulary_is_refused() =>
        Assert.Throws<ArgumentException>(() => TextVocabulary.Of(News.Value, 99));
}
