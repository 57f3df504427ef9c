using RobustInference.Aggregators;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Aggregators;

/// <summary>A rule with its honest rows fixed against the rule on all rows.</summary>
static class ConditionedRule
{
    /// <summary>Scores, gradients and selections are those of the rule with the liars' rows put in their
    /// places.</summary>
    /// <param name="rule">For these clients and classes.</param>
    /// <param name="samples">How many samples are drawn.</param>
    /// <param name="clients">n.</param>
    /// <param name="classes">K.</param>
    /// <param name="liars">How many lie, at least 0; n and more begin again at 0.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="oneHot">Whether some of what liars send is a corner of the simplex.</param>
    /// <param name="tolerance">Of gradients, for each unit of the greatest.</param>
    /// <param name="type">In which all this is worked out.</param>
    public static void IsTheRule(
        Aggregator rule,
        int samples,
        int clients,
        int classes,
        int liars,
        long seed,
        bool oneHot,
        double tolerance,
        ScalarType type = ScalarType.Float32
    )
    {
        int[] places = [.. Enumerable.Range(0, clients)];
        RandomStream.Managed(seed, "test-liars").ShuffleInplace<int>(places);
        places = places[..(liars % clients)];
        Tensor answers = EveryRule.Rows(seed, samples, clients, classes).to(type),
            sent = EveryRule.Rows(seed + 1, samples, places.Length, classes, oneHot).to(type);
        using var given = rule.Given(answers, places, SortGradient.True);
        using var plain = new ReplacedRows(rule, answers, places);
        Assert.Equal(samples, given.Samples);
        Assert.InRange(EveryRule.Distance(plain.Scores(sent), given.Scores(sent)), 0, 2e-5);
        if (places.Length == 0)
            return;
        var slope = EveryRule.Rows(seed + 2, 1, samples, classes).squeeze(0).to(type);
        Tensor gradient = given.Gradient(sent, _ => slope.clone()),
            expected = plain.Gradient(sent, _ => slope.clone());
        Assert.InRange(
            EveryRule.Distance(expected, gradient),
            0,
            tolerance * Math.Max(1, expected.abs().max().ToDouble())
        );
        var some = tensor(new long[] { samples - 1, 0 });
        using var fewer = given.Select(some);
        Assert.InRange(
            EveryRule.Distance(given.Scores(sent).index_select(0, some), fewer.Scores(sent.index_select(0, some))),
            0,
            2e-5
        );
    }
}
