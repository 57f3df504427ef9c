using CsCheck;
using RobustInference.Aggregators;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Aggregators;

/// <summary>What holds for every rule.</summary>
public class AggregatorTests
{
    public static TheoryData<string> Rules => EveryRule.Names;

    static Gen<(int Samples, int Clients, int Classes, int Trim, bool OneHot, long Seed)> Cases =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 9], Gen.Int[2, 12], Gen.Int[0, 4], Gen.Bool, Gen.Long[0, 1 << 30])
            .Select((b, n, k, t, oneHot, seed) => (b, n, k, Math.Min(t, (n - 1) / 2), oneHot, seed));

    [Theory, MemberData(nameof(Rules))]
    public void A_rule_is_its_definition(string name) =>
        Cases.Sample(
            c =>
            {
                using var scope = NewDisposeScope();
                var row = EveryRule.Named(name);
                var answers = EveryRule.Rows(c.Seed, c.Samples, c.Clients, c.Classes, c.OneHot);
                var expected = row.Define(c.Classes, c.Trim, SortGradient.True)(answers.to(ScalarType.Float64));
                Assert.InRange(
                    EveryRule.Distance(expected, row.Create(c.Classes, c.Trim).Scores(answers)),
                    0,
                    name == "GM" ? 2e-5 : 1e-5
                );
            },
            iter: 60
        );

    [Theory, MemberData(nameof(Rules))]
    public void An_answer_does_not_depend_on_who_speaks_first(string name) =>
        Cases.Sample(
            c =>
            {
                using var scope = NewDisposeScope();
                using var rule = EveryRule.Named(name).Create(c.Classes, c.Trim);
                var answers = EveryRule.Rows(c.Seed, c.Samples, c.Clients, c.Classes, c.OneHot);
                long[] order = [.. Enumerable.Range(0, c.Clients).Select(i => (long)i)];
                RandomStream.Managed(c.Seed, "test-order").ShuffleInplace<long>(order);
                Assert.InRange(
                    EveryRule.Distance(rule.Scores(answers), rule.Scores(answers.index_select(1, tensor(order)))),
                    0,
                    name == "GM" ? 2e-5 : 1e-5
                );
            },
            iter: 40
        );

    [Theory, MemberData(nameof(Rules))]
    public void A_samples_scores_are_the_same_alone_and_in_a_batch(string name) =>
        Cases.Sample(
            c =>
            {
                using var scope = NewDisposeScope();
                var row = EveryRule.Named(name);
                using var rule = row.Create(c.Classes, c.Trim);
                var answers = EveryRule.Rows(c.Seed, c.Samples, c.Clients, c.Classes, c.OneHot);
                var together = rule.Scores(answers);
                for (int s = 0; s < c.Samples; s++)
                    Assert.InRange(
                        EveryRule.Distance(together.narrow(0, s, 1), rule.Scores(answers.narrow(0, s, 1))),
                        0,
                        row.IsNetwork ? 1e-5 : 0
                    );
            },
            iter: 30
        );

    [Theory, MemberData(nameof(Rules))]
    public void The_answers_are_not_changed(string name)
    {
        using var scope = NewDisposeScope();
        using var rule = EveryRule.Named(name).Create(6, 1);
        var answers = EveryRule.Rows(1, 9, 5, 6);
        var before = answers.clone();
        var sent = EveryRule.Rows(2, 9, 2, 6);
        var sentBefore = sent.clone();
        rule.Scores(answers);
        using (var given = rule.Given(answers, [0, 3]))
        {
            given.Scores(sent);
            given.Gradient(sent, scores => scores.clone());
        }
        Assert.Equal(0, EveryRule.Distance(before, answers));
        Assert.Equal(0, EveryRule.Distance(sentBefore, sent));
    }

    [Theory, MemberData(nameof(Rules))]
    public void Answers_that_lie_otherwise_in_memory_score_the_same(string name)
    {
        using var scope = NewDisposeScope();
        using var rule = EveryRule.Named(name).Create(6, 1);
        var answers = EveryRule.Rows(3, 9, 5, 6);
        var strided = answers.transpose(1, 2).contiguous().transpose(1, 2);
        Assert.False(strided.is_contiguous());
        Assert.InRange(EveryRule.Distance(rule.Scores(answers), rule.Scores(strided)), 0, 1e-6);
    }

    [Theory, MemberData(nameof(Rules))]
    public void One_client_is_its_own_ensemble(string name)
    {
        using var scope = NewDisposeScope();
        var row = EveryRule.Named(name);
        var answers = EveryRule.Rows(4, 3, 1, 5);
        using var rule = row.Create(5, 0);
        if (row.IsAverage)
            Assert.InRange(EveryRule.Distance(answers.squeeze(1), rule.Scores(answers)), 0, 1e-6);
        else
            Assert.Equal([3, 5], rule.Scores(answers).shape);
    }

    [Theory, MemberData(nameof(Rules))]
    public void Clients_that_agree_are_believed_whatever_the_rule(string name)
    {
        using var scope = NewDisposeScope();
        var row = EveryRule.Named(name);
        using var rule = row.Create(5, 2);
        var one = EveryRule.Rows(5, 4, 1, 5);
        var alone = row.Create(5, 0).Scores(one);
        Assert.InRange(EveryRule.Distance(alone, rule.Scores(one.expand(4, 7, 5))), 0, 1e-5);
    }

    [Theory, MemberData(nameof(Rules))]
    public void Anything_but_three_axes_is_refused(string name)
    {
        using var rule = EveryRule.Named(name).Create(4, 1);
        using var answers = ones(5, 4);
        Assert.Throws<ArgumentException>(() => rule.Scores(answers));
        Assert.Throws<ArgumentException>(() => rule.Given(answers, [0]));
    }

    [Theory]
    [InlineData("CWTM", 4, 2), InlineData("CWTM", 5, 3), InlineData("DeepSet-TM", 4, 2), InlineData("DeepSet-TM", 1, 1)]
    public void Too_few_clients_for_the_trim_are_refused(string name, int clients, int trim)
    {
        using var rule = EveryRule.Named(name).Create(3, trim);
        using var answers = EveryRule.Rows(1, 2, clients, 3);
        Assert.Contains($"{clients} clients", Assert.Throws<ArgumentException>(() => rule.Scores(answers)).Message);
        Assert.Throws<ArgumentException>(() => rule.Given(answers, []));
    }

    [Theory, InlineData("DeepSet"), InlineData("DeepSet-TM")]
    public void A_network_refuses_answers_over_other_classes(string name)
    {
        using var rule = EveryRule.Named(name).Create(4, 1);
        using var answers = EveryRule.Rows(1, 2, 5, 3);
        Assert.Throws<ArgumentException>(() => rule.Scores(answers));
        Assert.Throws<ArgumentException>(() => rule.Given(answers, [0]));
    }

    [Fact]
    public void With_nobody_trimmed_a_trimmed_mean_is_the_mean()
    {
        using var scope = NewDisposeScope();
        var answers = EveryRule.Rows(6, 9, 7, 5);
        Assert.InRange(
            EveryRule.Distance(new Mean().Scores(answers), new CoordinateWiseTrimmedMean(0).Scores(answers)),
            0,
            1e-6
        );
        var network = EveryRule.Network(5);
        Assert.InRange(
            EveryRule.Distance(
                new DeepSet(network).Scores(answers),
                new DeepSetTrimmedMean(network, 0).Scores(answers)
            ),
            0,
            1e-5
        );
    }

    [Theory, MemberData(nameof(Rules))]
    public void What_attacks_see_is_a_probability_vector(string name)
    {
        using var scope = NewDisposeScope();
        using var rule = EveryRule.Named(name).Create(5, 2);
        var scores = rule.Scores(EveryRule.Rows(7, 9, 7, 5));
        var p = rule.Probabilities(scores);
        Assert.True(p.min().ToSingle() >= 0);
        // Scores that are all zero stay zero.
        var sums = name == "Trimmed vote" ? scores.sum(1).gt(0).to(ScalarType.Float32) : ones(9);
        Assert.InRange((p.sum(1) - sums).abs().max().ToSingle(), 0, 1e-5);
        Assert.True(sums.max().ToSingle() > 0);
    }

    [Fact]
    public void Scores_that_are_all_zero_stay_zero_where_a_probability_vector_is_wanted()
    {
        using var none = zeros(1, 3);
        Assert.Equal([0, 0, 0], new Mean().Probabilities(none).data<float>().ToArray());
    }

    [Theory, MemberData(nameof(Rules))]
    public void A_rule_that_calls_itself_monotone_is_monotone(string name) =>
        Cases.Sample(
            c =>
            {
                using var scope = NewDisposeScope();
                using var rule = EveryRule.Named(name).Create(c.Classes, c.Trim);
                if (!rule.IsMonotone)
                    return;
                var answers = EveryRule.Rows(c.Seed, c.Samples, c.Clients, c.Classes);
                var more = answers.clone();
                int client = (int)(c.Seed % c.Clients),
                    classIndex = (int)(c.Seed % c.Classes);
                more.select(1, client).select(1, classIndex).add_(0.1);
                var rise = rule.Scores(more) - rule.Scores(answers);
                Assert.True(rise.select(1, classIndex).min().ToSingle() >= -1e-7);
                rise.select(1, classIndex).zero_();
                Assert.InRange(rise.abs().max().ToSingle(), 0, 0);
            },
            iter: 30
        );
}
