using RobustInference.Probits;
using RobustInference.Training;
using Workbook.Benchmarks;

namespace Tests.RobustInference.Training;

public class CertifiedDeepSetCacheTests
{
    static readonly CertifiedRecipe Recipe = new(Corrupted: 1, Hidden: 8, Decoder: 12, Passes: 1);

    [Fact]
    public void What_was_trained_once_is_read_the_second_time_with_its_trim()
    {
        using var folder = new TemporaryFolder();
        using var validation = SyntheticProbits.Draw(40, 5, 3, seed: 1);
        var cache = new CertifiedDeepSetCache(folder.Path);
        int passes = 0;
        var count = new Counter(() => passes++);
        TrainedDeepSet first = cache.Get(Recipe, validation, count),
            second = cache.Get(Recipe, validation, count);
        Assert.Equal(1, passes);
        Assert.Equal((2, 1, true), (second.Trim, second.Corrupted, second.IsCertified));
        foreach (var (a, b) in first.Network.parameters().Zip(second.Network.parameters()))
            Assert.Equal(a.data<float>().ToArray(), b.data<float>().ToArray());
    }

    [Fact]
    public void Every_part_of_the_recipe_and_of_the_data_is_in_the_key()
    {
        using var validation = SyntheticProbits.Draw(40, 5, 3, seed: 1);
        using var other = SyntheticProbits.Draw(40, 5, 3, seed: 2);
        CertifiedRecipe[] recipes =
        [
            Recipe,
            Recipe with
            {
                Corrupted = 2,
            },
            Recipe with
            {
                Adversary = Adversary.Any,
            },
            Recipe with
            {
                Trim = 1,
            },
            Recipe with
            {
                Seed = 1,
            },
            Recipe with
            {
                Hidden = 9,
            },
            Recipe with
            {
                Decoder = 9,
            },
            Recipe with
            {
                Passes = 2,
            },
            Recipe with
            {
                Weight = 0.5,
            },
            Recipe with
            {
                Ramp = 0.3,
            },
            Recipe with
            {
                Cost = 0.1,
            },
            Recipe with
            {
                Mixed = 0.2,
            },
            Recipe with
            {
                LearningRate = 1e-3,
            },
            Recipe with
            {
                BatchSize = 128,
            },
            Recipe with
            {
                HeldOut = 0.3,
            },
        ];
        string[] keys =
        [
            CertifiedDeepSetCache.Key(Recipe, other),
            .. recipes.Select(recipe => CertifiedDeepSetCache.Key(recipe, validation)),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        // a new one belongs in the list above
        Assert.Equal(recipes.Length - 1, typeof(CertifiedRecipe).GetConstructors()[0].GetParameters().Length);
    }

    sealed class Counter(Action onPass) : IProgress<PassProgress>
    {
        public void Report(PassProgress value) => onPass();
    }
}
