using CsCheck;
using RobustInference.Aggregators;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Aggregators;

/// <summary>Every short way to condition a rule on the honest rows is held equal to the rule on all rows.</summary>
public class GivenTests
{
    public static TheoryData<string> Rules => EveryRule.Names;

    public static TheoryData<string, SortGradient> RulesAndGradients =>
        [
            .. EveryRule.All.SelectMany(row =>
                new (string, SortGradient)[] { (row.Name, SortGradient.Mean), (row.Name, SortGradient.True) }
            ),
        ];

    sealed record Case(int Samples, int Clients, int Classes, int[] Liars, int Trim, long Seed)
    {
        public Tensor Answers => EveryRule.Rows(Seed, Samples, Clients, Classes, oneHot: Seed % 3 == 0);

        public Tensor Sent => EveryRule.Rows(Seed + 1, Samples, Liars.Length, Classes, oneHot: Seed % 3 == 1);
    }

    // m = 0…n−1 (more than half too), t below, at and above m, n even and odd, positions in any order.
    static Gen<Case> Cases(int least = 0) =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[2, 12], Gen.Int[2, 11], Gen.Int[0, 11], Gen.Int[0, 5], Gen.Long[0, 1 << 30])
            .Select(
                (b, n, k, m, t, seed) =>
                {
                    int[] clients = [.. Enumerable.Range(0, n)];
                    RandomStream.Managed(seed, "test-liars").ShuffleInplace<int>(clients);
                    return new Case(b, n, k, clients[..Math.Clamp(m % n, least, n - 1)], t % ((n + 1) / 2), seed);
                }
            );

    [Theory, MemberData(nameof(Rules))]
    public void Scores_are_those_of_the_rule_on_all_rows(string name) =>
        Cases()
            .Sample(
                c =>
                {
                    using var scope = NewDisposeScope();
                    using var rule = EveryRule.Named(name).Create(c.Classes, c.Trim);
                    using var given = rule.Given(c.Answers, c.Liars);
                    using var generic = new ReplacedRows(rule, c.Answers, c.Liars);
                    Assert.Equal(c.Samples, given.Samples);
                    double distance = EveryRule.Distance(generic.Scores(c.Sent), given.Scores(c.Sent));
                    Assert.True(distance <= (name == "GM" ? 3e-5 : 1e-5), $"{c}: {distance}");
                },
                iter: 150
            );

    [Theory, MemberData(nameof(RulesAndGradients))]
    public void The_gradient_is_that_of_autograd_through_the_definition(string name, SortGradient gradient) =>
        Cases(least: 1)
            .Where(c => c.Seed % 3 == 2)
            .Sample(
                c =>
                {
                    using var scope = NewDisposeScope();
                    var row = EveryRule.Named(name);
                    using var rule = row.Create(c.Classes, c.Trim);
                    using var given = rule.Given(c.Answers, c.Liars, gradient);
                    using var generator = RandomStream.Torch(c.Seed, "test-cotangent");
                    var outer = randn([c.Samples, c.Classes], generator: generator);
                    var got = given.Gradient(c.Sent, _ => outer.clone());
                    Assert.True(got.is_contiguous());

                    var (expected, all, scores) = Defined(c.Sent.to(ScalarType.Float64));
                    if (name == "GM")
                    {
                        // Beside a client's very answer 1/distance³ has no digits left in single precision.
                        var far = (all - scores.unsqueeze(1)).detach().square().sum(2).amin([1L]) > 0.01;
                        (expected, got) = (expected * far.view(-1, 1, 1), got * far.view(-1, 1, 1));
                    }
                    double most = (name == "GM" ? 1e-3 : 2e-5) * Math.Max(1, expected.abs().max().ToDouble());
                    // At a near tie, or at the kink of a ReLU, the definition's own gradient jumps within the precision
                    // of a float: there is nothing to compare.
                    for (int i = 0; i < 12 && EveryRule.Distance(expected, got) > most; i++)
                    {
                        var near = 3e-6 * randn(c.Sent.shape, ScalarType.Float64, generator: generator);
                        var beside = Defined(c.Sent.to(ScalarType.Float64) + near).Gradient;
                        var smooth = (beside - expected).abs().amax([1L, 2L], keepdim: true) <= 1e-2;
                        Assert.True(smooth.sum().ToInt64() >= c.Samples - 1, $"{c}: more than one sample jumps");
                        (expected, got) = (expected * smooth, got * smooth);
                    }
                    double distance = EveryRule.Distance(expected, got);
                    Assert.True(distance <= most, $"{c}, t = {c.Trim}, m = {c.Liars.Length}: {distance}");

                    (Tensor Gradient, Tensor All, Tensor Scores) Defined(Tensor sent)
                    {
                        var rows = sent.clone().requires_grad_();
                        var all = c
                            .Answers.to(ScalarType.Float64)
                            .index_copy(1, tensor(c.Liars.Select(i => (long)i).ToArray()), rows);
                        var scores = row.Define(c.Classes, c.Trim, gradient)(all);
                        scores.backward([outer.to(ScalarType.Float64)]);
                        return (rows.grad!, all, scores);
                    }
                },
                iter: 60
            );

    [Theory, MemberData(nameof(Rules))]
    public void The_cotangent_is_asked_at_the_scores(string name)
    {
        using var scope = NewDisposeScope();
        using var rule = EveryRule.Named(name).Create(4, 1);
        Tensor answers = EveryRule.Rows(1, 6, 7, 4),
            sent = EveryRule.Rows(2, 6, 2, 4);
        using var given = rule.Given(answers, [1, 5]);
        Tensor? seen = null;
        given.Gradient(
            sent,
            scores =>
            {
                seen = scores.clone().DetachFromDisposeScope();
                return zeros_like(scores);
            }
        );
        Assert.InRange(EveryRule.Distance(given.Scores(sent), seen!), 0, 1e-5);
    }

    [Fact]
    public void A_rule_that_counts_votes_has_a_gradient_of_zeros()
    {
        using var scope = NewDisposeScope();
        using var given = new Votes().Given(EveryRule.Rows(1, 4, 5, 3), [0, 2]);
        Assert.Equal(0, given.Gradient(EveryRule.Rows(2, 4, 2, 3), scores => ones_like(scores)).abs().max().ToSingle());
    }

    sealed class Votes : Aggregator
    {
        public override string Name => "votes";

        public override Tensor Scores(Tensor answers) =>
            nn.functional.one_hot(answers.argmax(2), answers.shape[2]).sum(1).to(ScalarType.Float32);
    }

    [Theory, MemberData(nameof(RulesAndGradients))]
    public void A_selection_is_the_same_rule_on_fewer_samples(string name, SortGradient gradient)
    {
        using var scope = NewDisposeScope();
        using var rule = EveryRule.Named(name).Create(4, 2);
        Tensor answers = EveryRule.Rows(3, 6, 8, 4),
            sent = EveryRule.Rows(4, 6, 3, 4),
            outer = EveryRule.Rows(5, 6, 1, 4).squeeze(1);
        using var given = rule.Given(answers, [7, 0, 2], gradient);
        var places = tensor(new long[] { 5, 0, 3 });
        using var some = given.Select(places);
        Assert.Equal(3, some.Samples);
        Assert.InRange(
            EveryRule.Distance(given.Scores(sent).index_select(0, places), some.Scores(sent.index_select(0, places))),
            0,
            1e-6
        );
        var gradients = given.Gradient(sent, _ => outer.clone()).index_select(0, places);
        Assert.InRange(
            EveryRule.Distance(
                gradients,
                some.Gradient(sent.index_select(0, places), _ => outer.index_select(0, places))
            ),
            0,
            1e-6
        );
        using var none = given.Select(empty(0, dtype: ScalarType.Int64));
        Assert.Equal(0, none.Samples);
    }

    [Fact]
    public void Samples_of_a_DeepSet_may_have_different_numbers_of_corrupted_rows() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 9], Gen.Int[2, 8], Gen.Long[0, 1 << 30])
            .Sample(
                (samples, n, k, seed) =>
                {
                    using var scope = NewDisposeScope();
                    var random = RandomStream.Managed(seed, "test-ragged");
                    int[][] liars =
                    [
                        .. Enumerable
                            .Range(0, samples)
                            .Select(_ =>
                            {
                                int[] clients = [.. Enumerable.Range(0, n)];
                                random.ShuffleInplace<int>(clients);
                                return clients[..random.Next(n + 1)];
                            }),
                    ];
                    var answers = EveryRule.Rows(seed, samples, n, k);
                    int count = liars.Sum(own => own.Length);
                    Tensor sent = EveryRule.Rows(seed + 1, 1, count, k).squeeze(0),
                        outer = EveryRule.Rows(seed + 2, samples, 1, k).squeeze(1);
                    using var given = new DeepSet(EveryRule.Network(k)).GivenEach(answers, liars);

                    var rows = sent.to(ScalarType.Float64).requires_grad_();
                    long[] places = [.. liars.SelectMany((own, s) => own.Select(position => (long)s * n + position))];
                    var all = answers.to(ScalarType.Float64).view(-1, k);
                    if (count > 0)
                        all = all.index_copy(0, tensor(places), rows);
                    var scores = EveryRule.Named("DeepSet").Define(k, 0, SortGradient.True)(all.view(samples, n, k));
                    Assert.InRange(EveryRule.Distance(scores, given.Scores(sent)), 0, 1e-5);
                    if (count == 0)
                        return;
                    scores.backward([outer.to(ScalarType.Float64)]);
                    Assert.InRange(EveryRule.Distance(rows.grad!, given.Gradient(sent, _ => outer.clone())), 0, 2e-5);

                    var under = given.ScoresUnderTargets();
                    for (int target = 0; target < k; target++)
                    {
                        var agreed = nn
                            .functional.one_hot(tensor((long)target), k)
                            .to(ScalarType.Float32)
                            .expand(count, k)
                            .contiguous();
                        Assert.InRange(EveryRule.Distance(given.Scores(agreed), under.select(1, target)), 0, 2e-5);
                    }

                    long[] some =
                    [
                        .. Enumerable.Range(0, samples).Where(_ => random.Next(2) == 0).Select(s => (long)s),
                    ];
                    if (some.Length == 0)
                        return;
                    using var fewer = given.Select(tensor(some));
                    var offsets = given.Offsets.ToArray();
                    long[] kept =
                    [
                        .. some.SelectMany(s =>
                            Enumerable.Range(offsets[s], offsets[s + 1] - offsets[s]).Select(r => (long)r)
                        ),
                    ];
                    Assert.InRange(
                        EveryRule.Distance(
                            scores.detach().index_select(0, tensor(some)),
                            fewer.Scores(sent.index_select(0, tensor(kept)))
                        ),
                        0,
                        1e-5
                    );
                },
                iter: 60
            );

    [Fact]
    public void A_position_beyond_the_clients_is_refused_before_it_hits_another_sample()
    {
        using var answers = EveryRule.Rows(1, 2, 3, 4);
        var rule = new DeepSet(EveryRule.Network(4));
        Assert.ThrowsAny<ArgumentException>(() =>
            rule.GivenEach(
                answers,
                [
                    [0],
                    [3],
                ]
            )
        );
        Assert.ThrowsAny<ArgumentException>(() =>
            rule.GivenEach(
                answers,
                [
                    [-1],
                    [0],
                ]
            )
        );
        Assert.ThrowsAny<ArgumentException>(() =>
            rule.GivenEach(
                answers,
                [
                    [0],
                ]
            )
        );
    }

    [Theory, MemberData(nameof(Rules))]
    public void Another_number_of_corrupted_rows_than_said_is_refused(string name)
    {
        using var rule = EveryRule.Named(name).Create(4, 1);
        using var answers = EveryRule.Rows(1, 2, 5, 4);
        using var given = rule.Given(answers, [0, 2]);
        using var sent = EveryRule.Rows(2, 2, 3, 4);
        Assert.ThrowsAny<ArgumentException>(() => given.Scores(sent));
    }

    [Theory, MemberData(nameof(Rules))]
    public void A_conditioned_rule_outlives_the_scope_that_it_was_made_in_and_the_answers(string name)
    {
        using var rule = EveryRule.Named(name).Create(4, 1);
        using var answers = EveryRule.Rows(1, 2, 5, 4);
        using var sent = EveryRule.Rows(2, 2, 2, 4);
        using var expected = rule.Given(answers, [0, 2]).Scores(sent);
        ConditionedAggregator given;
        using (NewDisposeScope())
            given = rule.Given(answers.clone(), [0, 2]);
        using (given)
        {
            using var scores = given.Scores(sent);
            Assert.Equal(0, EveryRule.Distance(expected, scores));
        }
    }
}
