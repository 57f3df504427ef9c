using RobustInference.Probits;
using RobustInference.Training;
using Workbook.Benchmarks;

namespace Tests.RobustInference.Training;

public class DeepSetCacheTests
{
    static readonly DeepSetRecipe Recipe = new(Corrupted: 1, Hidden: 8, Passes: 1, Steps: 2);

    [Fact]
    public void What_was_trained_once_is_read_the_second_time()
    {
        using var folder = new TemporaryFolder();
        using var validation = SyntheticProbits.Draw(40, 5, 3, seed: 1);
        var cache = new DeepSetCache(folder.File("made when needed"));
        int passes = 0;
        var count = new Counter(() => passes++);
        using var first = cache.Get(Recipe, validation, count);
        using var second = cache.Get(Recipe, validation, count);
        Assert.Equal(1, passes);
        foreach (var (a, b) in first.parameters().Zip(second.parameters()))
            Assert.Equal(a.data<float>().ToArray(), b.data<float>().ToArray());
    }

    [Fact]
    public async Task Who_waits_for_a_network_that_another_trains_can_be_stopped()
    {
        using var folder = new TemporaryFolder();
        using var validation = SyntheticProbits.Draw(40, 5, 3, seed: 1);
        var cache = new DeepSetCache(folder.File("networks"));
        using ManualResetEventSlim begun = new(),
            goOn = new();
        var first = Task.Run(() =>
            cache.Get(
                Recipe,
                validation,
                new Counter(() =>
                {
                    begun.Set();
                    goOn.Wait();
                })
            )
        );
        Assert.True(begun.Wait(TimeSpan.FromSeconds(60)));
        using var stop = new CancellationTokenSource();
        var second = Task.Run(() => cache.Get(Recipe, validation, cancel: stop.Token));
        await Task.Delay(100);
        Assert.False(second.IsCompleted);
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(TimeSpan.FromSeconds(20)));
        goOn.Set();
        using var network = await first;
    }

    [Fact]
    public void Views_are_in_the_key()
    {
        using var validation = SyntheticProbits.Draw(40, 5, 3, seed: 1);
        using var seen = validation.WithViews([validation.Mapped(rows => rows.flip(2))]);
        using var seenOtherwise = validation.WithViews([validation.Shared()]);
        Assert.Equal(
            3,
            new[] { validation, seen, seenOtherwise }.Select(set => DeepSetCache.Key(Recipe, set)).Distinct().Count()
        );
    }

    [Fact]
    public void Every_part_of_the_recipe_and_of_the_data_is_in_the_key()
    {
        using var validation = SyntheticProbits.Draw(40, 5, 3, seed: 1);
        using var other = SyntheticProbits.Draw(40, 5, 3, seed: 2);
        string[] keys =
        [
            DeepSetCache.Key(Recipe, validation),
            DeepSetCache.Key(Recipe, other),
            .. new[]
            {
                Recipe with
                {
                    Corrupted = 2,
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
                    Passes = 2,
                },
                Recipe with
                {
                    Steps = 3,
                },
                Recipe with
                {
                    LearningRate = 2e-3,
                },
                Recipe with
                {
                    BatchSize = 128,
                },
                Recipe with
                {
                    HeldOut = 0.3,
                },
                Recipe with
                {
                    Adversarial = false,
                },
                Recipe with
                {
                    Keep = KeptPass.Last,
                },
                Recipe with
                {
                    Averaging = 0.9,
                },
                Recipe with
                {
                    Mixed = 0.5,
                },
                Recipe with
                {
                    StepSize = 0.2,
                },
                Recipe with
                {
                    Members = 2,
                },
                Recipe with
                {
                    Inner = InnerAttack.WorstOfProjectedGradientAndOneHot,
                },
                Recipe with
                {
                    Dropped = 0.25,
                },
                Recipe with
                {
                    WeightDecay = 0.9,
                },
                Recipe with
                {
                    Perturbation = 0.01,
                },
            }.Select(recipe => DeepSetCache.Key(recipe, validation)),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(keys[0], DeepSetCache.Key(Recipe, validation));
        Assert.Matches("^[0-9a-f]{16}$", keys[0]);
        // a new one belongs in the list above
        Assert.Equal(18, typeof(DeepSetRecipe).GetConstructors()[0].GetParameters().Length);
    }

    // The hash was worked out outside of this code, over the recipe as it was before there was a choice of the inner
    // attack.
    [Fact]
    public void Networks_of_the_papers_inner_attack_keep_their_key()
    {
        using var validation = ProbitSet.FromProbits("x", [0.5f, 0.5f, 0.25f, 0.75f], [2, 1, 2], [0, 1]);
        Assert.Equal("af139f07411001e0", DeepSetCache.Key(Recipe, validation));
    }

    sealed class Counter(Action onPass) : IProgress<PassProgress>
    {
        public void Report(PassProgress value) => onPass();
    }
}
