using RobustInference.Training;
using Workbook.Benchmarks;

namespace Tests.RobustInference.Training;

public class CopurCacheTests
{
    static readonly CopurRecipe Recipe = new(Hidden: 8, Encoding: 4, Server: 6, AutoEncoderPasses: 1, ServerPasses: 1);

    [Fact]
    public void What_was_trained_once_is_read_the_second_time()
    {
        using var folder = new TemporaryFolder();
        using var validation = SyntheticProbits.Draw(40, 5, 3, seed: 1);
        var cache = new CopurCache(folder.File("made when needed"));
        int passes = 0;
        var count = new Counter(() => passes++);
        using var first = cache.Get(Recipe, validation, count);
        using var second = cache.Get(Recipe, validation, count);
        Assert.Equal(2, passes);
        foreach (var (a, b) in first.parameters().Zip(second.parameters()))
            Assert.Equal(a.data<float>().ToArray(), b.data<float>().ToArray());
    }

    [Fact]
    public void Two_that_ask_at_once_get_one_training()
    {
        using var folder = new TemporaryFolder();
        using var validation = SyntheticProbits.Draw(40, 5, 3, seed: 1);
        int passes = 0;
        var count = new Counter(() => Interlocked.Increment(ref passes));
        Parallel.For(
            0,
            2,
            new ParallelOptions { MaxDegreeOfParallelism = 2 },
            _ => new CopurCache(folder.Path).Get(Recipe, validation, count).Dispose()
        );
        Assert.Equal(2, passes);
    }

    [Fact]
    public void Every_part_of_the_recipe_and_of_the_data_is_in_the_key()
    {
        using var validation = SyntheticProbits.Draw(40, 5, 3, seed: 1);
        using var other = SyntheticProbits.Draw(40, 5, 3, seed: 2);
        string[] keys =
        [
            CopurCache.Key(Recipe, validation),
            CopurCache.Key(Recipe, other),
            .. new[]
            {
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
                    Encoding = 5,
                },
                Recipe with
                {
                    Server = 7,
                },
                Recipe with
                {
                    AutoEncoderPasses = 2,
                },
                Recipe with
                {
                    ServerPasses = 2,
                },
                Recipe with
                {
                    AutoEncoderRate = 1e-3,
                },
                Recipe with
                {
                    ServerRate = 2e-3,
                },
                Recipe with
                {
                    BatchSize = 32,
                },
                Recipe with
                {
                    HeldOut = 0.3,
                },
            }.Select(recipe => CopurCache.Key(recipe, validation)),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(keys[0], CopurCache.Key(Recipe, validation));
        Assert.Matches("^[0-9a-f]{16}$", keys[0]);
        // a new one belongs in the list above
        Assert.Equal(10, typeof(CopurRecipe).GetConstructors()[0].GetParameters().Length);
    }

    sealed class Counter(Action onPass) : IProgress<CopurProgress>
    {
        public void Report(CopurProgress value) => onPass();
    }
}
