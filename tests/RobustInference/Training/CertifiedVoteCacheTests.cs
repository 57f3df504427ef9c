using RobustInference.Networks;
using RobustInference.Probits;
using RobustInference.Training;
using Workbook.Benchmarks;

namespace Tests.RobustInference.Training;

public class CertifiedVoteCacheTests
{
    static readonly CertifiedVoteRecipe Recipe = new(Corrupted: 1, Hidden: 8, Embedding: 2, Passes: 1);

    [Fact]
    public void What_was_trained_once_is_read_the_second_time()
    {
        using var folder = new TemporaryFolder();
        using var validation = SyntheticProbits.Draw(40, 5, 3, seed: 1);
        var cache = new CertifiedVoteCache(folder.Path);
        int passes = 0;
        var count = new Counter(() => passes++);
        TrainedVote first = cache.Get(Recipe, validation, count),
            second = cache.Get(Recipe, validation, count);
        Assert.Equal(1, passes);
        Assert.Equal((1, Adversary.Any), (second.Corrupted, second.Adversary));
        foreach (var (a, b) in first.Network.parameters().Zip(second.Network.parameters()))
            Assert.Equal(a.data<float>().ToArray(), b.data<float>().ToArray());
    }

    [Fact]
    public void Every_part_of_the_recipe_and_of_the_data_is_in_the_key()
    {
        using var validation = SyntheticProbits.Draw(40, 5, 3, seed: 1);
        using var other = SyntheticProbits.Draw(40, 5, 3, seed: 2);
        var fields = typeof(CertifiedVoteRecipe).GetConstructors()[0].GetParameters();
        // Each field by turns another value.
        var recipes = fields.Select(field =>
            (CertifiedVoteRecipe)
                Activator.CreateInstance(
                    typeof(CertifiedVoteRecipe),
                    [
                        .. fields.Select(own =>
                        {
                            object? value = typeof(CertifiedVoteRecipe).GetProperty(own.Name!)!.GetValue(Recipe);
                            return own != field
                                ? value
                                : value switch
                                {
                                    int whole => whole + 1,
                                    long whole => whole + 1,
                                    double number => number + 0.125,
                                    bool truth => !truth,
                                    Adversary => Adversary.Fixed,
                                    null => 4,
                                    _ => throw new NotSupportedException(own.Name),
                                };
                        }),
                    ]
                )!
        );
        string[] keys =
        [
            CertifiedVoteCache.Key(Recipe, validation),
            CertifiedVoteCache.Key(Recipe, other),
            .. recipes.Select(recipe => CertifiedVoteCache.Key(recipe, validation)),
        ];
        Assert.Equal(fields.Length + 2, keys.Distinct().Count());
    }

    sealed class Counter(Action onPass) : IProgress<PassProgress>
    {
        public void Report(PassProgress value) => onPass();
    }
}
