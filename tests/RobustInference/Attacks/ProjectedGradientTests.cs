using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Evaluation;
using RobustInference.Numerics;
using RobustInference.Probits;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.RobustInference.Attacks;

public class ProjectedGradientTests
{
    const int Samples = 300,
        Clients = 9,
        Classes = 6,
        Trim = 3;
    static readonly int[] Liars = [1, 4, 8];

    public static TheoryData<string> Rules => EveryRule.Names;

    static Tensor Climb(
        Aggregator rule,
        ProbitSet answers,
        Tensor start,
        int from,
        int count,
        bool leaveEarly,
        int steps = 50
    )
    {
        using var given = rule.Given(answers.Probits.narrow(0, from, count), Liars);
        return new ProjectedGradient(steps, leaveEarly: leaveEarly).Ascend(
            given,
            new CarliniWagner(rule.Scale),
            answers.Labels.narrow(0, from, count),
            start.narrow(0, from, count),
            ProjectedGradient.EvenOffsets(count, Liars.Length)
        );
    }

    static (ProbitSet Answers, Tensor Start) Case(long seed)
    {
        using var generator = RandomStream.Torch(seed, "test-start");
        return (
            SyntheticProbits.Draw(Samples, Clients, Classes, seed),
            rand([Samples, Liars.Length, Classes], generator: generator)
        );
    }

    /// <summary>The share of rows that agree within 1e-3 in every entry.</summary>
    static double Agreement(Tensor a, Tensor b) =>
        (a - b).abs().amax([-1L]).le(1e-3).to(ScalarType.Float64).mean().ToDouble();

    // Votes tie, and of two rivals that tie either one gives a gradient: there is no one ascent to be equal to.
    public static TheoryData<string> RulesWithoutTies =>
        [.. EveryRule.All.Select(row => row.Name).Except(["Plurality vote", "Trimmed vote"])];

    [Theory, MemberData(nameof(RulesWithoutTies))]
    public void Crafted_rows_are_those_of_plain_autograd_from_the_same_start(string name)
    {
        using var scope = NewDisposeScope();
        var row = EveryRule.Named(name);
        using var rule = row.Create(Classes, Trim);
        var (answers, start) = Case(1);
        var ours = Climb(rule, answers, start, 0, Samples, leaveEarly: true);
        var places = tensor(
            Enumerable.Range(0, Samples).SelectMany(s => Liars.Select(p => (long)s * Clients + p)).ToArray()
        );
        Tensor Plain(Func<Tensor, Tensor> scores) =>
            new PlainAscent()
                .Ascend(scores, rule.Scale, answers.Probits, answers.Labels, places, start.view(-1, Classes))
                .view(start.shape);

        if (name != "GM")
        {
            // The definition in double precision, back to float for the loss.
            var definition = row.Define(Classes, Trim, SortGradient.Mean);
            Assert.InRange(
                Agreement(Plain(all => definition(all.to(ScalarType.Float64)).to(ScalarType.Float32)), ours),
                0.99,
                1
            );
            return;
        }
        // Twenty iterations amplify rounding so much that the plain rule in single precision agrees with itself in
        // double on 95 % only: be as near, and as harmful.
        Tensor single = Plain(PlainRules.GeometricMedian),
            exact = Plain(all => PlainRules.GeometricMedian(all.to(ScalarType.Float64)).to(ScalarType.Float32));
        Assert.InRange(Agreement(exact, ours), Agreement(exact, single) - 0.03, 1);
        using var given = rule.Given(answers.Probits, Liars);
        bool[] right = Predictions.Correct(given.Scores(exact), answers.Labels),
            rightOurs = Predictions.Correct(given.Scores(ours), answers.Labels);
        Assert.InRange(right.Zip(rightOurs).Count(pair => pair.First != pair.Second), 0, Samples / 100);
    }

    [Theory, MemberData(nameof(Rules))]
    public void Whether_finished_samples_leave_or_stay_the_rows_are_the_same(string name)
    {
        using var scope = NewDisposeScope();
        var row = EveryRule.Named(name);
        using var rule = row.Create(Classes, Trim);
        var (answers, start) = Case(2);
        Tensor leaving = Climb(rule, answers, start, 0, Samples, leaveEarly: true),
            staying = Climb(rule, answers, start, 0, Samples, leaveEarly: false);
        // A matrix product rounds differently for another number of rows, and a sign step amplifies that.
        if (row.IsNetwork)
            Assert.InRange(Agreement(leaving, staying), 0.99, 1);
        else
            Assert.Equal(0, EveryRule.Distance(leaving, staying));
    }

    [Theory, MemberData(nameof(Rules))]
    public void The_rows_do_not_depend_on_how_samples_are_put_into_chunks(string name)
    {
        using var scope = NewDisposeScope();
        var row = EveryRule.Named(name);
        using var rule = row.Create(Classes, Trim);
        var (answers, start) = Case(3);
        var whole = Climb(rule, answers, start, 0, Samples, leaveEarly: true);
        var parts = cat([
            Climb(rule, answers, start, 0, 7, true),
            Climb(rule, answers, start, 7, 100, true),
            Climb(rule, answers, start, 107, Samples - 107, true),
        ]);
        if (row.IsNetwork)
            Assert.InRange(Agreement(whole, parts), 0.99, 1);
        else
            Assert.Equal(0, EveryRule.Distance(whole, parts));
    }

    [Theory, MemberData(nameof(Rules))]
    public void Samples_that_are_lost_already_stay_where_they_start(string name)
    {
        using var scope = NewDisposeScope();
        var row = EveryRule.Named(name);
        using var rule = row.Create(Classes, Trim);
        var (drawn, start) = Case(4);
        // Labels that the rule finds least likely, by more than the loss's margin: nothing is left to climb, in any
        // step.
        var wrong = rule.Scores(drawn.Probits).argmin(1);
        using var answers = ProbitSet.FromLogits(
            "lost",
            drawn.Logits.data<float>().ToArray(),
            drawn.Logits.shape,
            wrong.data<long>().ToArray()
        );
        var rows = Climb(rule, answers, start, 0, Samples, leaveEarly: true);
        var still = (rows - nn.functional.softmax(start, -1)).abs().amax([1L, 2L]).le(1e-6);
        using var given = rule.Given(answers.Probits, Liars);
        var p = rule.Probabilities(given.Scores(nn.functional.softmax(start, -1)));
        var lost = new CarliniWagner(rule.Scale).Loss(p, answers.Labels).eq(0);
        Assert.True(lost.sum().ToInt32() > Samples / 4);
        Assert.True(still.logical_or(lost.logical_not()).all().ToBoolean());
    }

    [Fact]
    public void The_start_is_not_changed_and_no_step_is_the_softmax_of_the_start()
    {
        using var scope = NewDisposeScope();
        var (answers, start) = Case(5);
        var before = start.clone();
        var rows = Climb(new Mean(), answers, start, 0, Samples, leaveEarly: true, steps: 0);
        Assert.Equal(0, EveryRule.Distance(before, start));
        Assert.InRange(EveryRule.Distance(nn.functional.softmax(start, -1), rows), 0, 1e-6);
    }

    [Fact]
    public void Nobody_may_be_corrupted_in_some_samples_of_a_ragged_batch()
    {
        using var scope = NewDisposeScope();
        var (answers, _) = Case(6);
        var network = EveryRule.Network(Classes);
        int[][] liars =
        [
            .. Enumerable
                .Range(0, Samples)
                .Select(s =>
                    s % 3 == 0 ? []
                    : s % 3 == 1 ? new[] { 2 }
                    : [0, 5, 7]
                ),
        ];
        int count = liars.Sum(own => own.Length);
        using var generator = RandomStream.Torch(6, "test-ragged-start");
        var start = rand([count, Classes], generator: generator);
        var rule = new DeepSet(network);
        using var given = rule.GivenEach(answers.Probits, liars);
        var ours = new ProjectedGradient().Ascend(
            given,
            new CarliniWagner(rule.Scale),
            answers.Labels,
            start,
            given.Offsets
        );
        var places = tensor(liars.SelectMany((own, s) => own.Select(p => (long)s * Clients + p)).ToArray());
        var plain = new PlainAscent().Ascend(
            all => PlainRules.DeepSet(network, all),
            rule.Scale,
            answers.Probits,
            answers.Labels,
            places,
            start
        );
        Assert.InRange(Agreement(plain, ours), 0.99, 1);
    }

    [Fact]
    public void The_attack_itself_ends_where_its_parts_do_beyond_its_own_chunk()
    {
        // 1100 samples are three of its chunks; the start is drawn for all of them at once.
        using var scope = NewDisposeScope();
        using var answers = SyntheticProbits.Draw(1100, Clients, Classes, 7);
        using var query = new AttackQuery(
            answers,
            new CoordinateWiseTrimmedMean(Trim),
            new ThreatModel(Clients, Liars),
            Seed: 9
        );
        var sent = new ProjectedGradientAttack().Corrupt(query);
        using var generator = RandomStream.Torch(9, "pgd-start");
        var start = rand([1100, Liars.Length, Classes], generator: generator);
        Assert.Equal(0, EveryRule.Distance(Climb(query.Rule, answers, start, 0, 1100, leaveEarly: true), sent));
    }
}
