using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Aggregators;

/// <summary>What holds for every rule over logits in client order.</summary>
public class LogitRuleTests
{
    const int Classes = 5;

    public static TheoryData<string> Rules => [.. EveryRule.OverLogits.Select(row => row.Name)];

    static Tensor Logits(long seed, long samples, long clients = EveryRule.Places, long classes = Classes)
    {
        using var generator = RandomStream.Torch(seed, "test-logits");
        return randn([samples, clients, classes], generator: generator).mul_(3);
    }

    [Theory, MemberData(nameof(Rules))]
    public void A_rule_is_its_definition(string name)
    {
        using var scope = NewDisposeScope();
        var answers = Logits(1, 12);
        var expected = EveryRule.Named(name).Define(Classes, 2, SortGradient.Mean)(answers.to(ScalarType.Float64));
        using var rule = EveryRule.Named(name).Create(Classes, 2);
        // Adam's 120 steps about a kink amplify the rounding of single precision.
        Assert.InRange(
            EveryRule.Distance(expected, rule.Scores(answers)),
            0,
            name == "COPUR" ? 0.02 * expected.abs().max().ToDouble() : 1e-4
        );
    }

    [Theory, MemberData(nameof(Rules))]
    public void Who_speaks_matters(string name)
    {
        using var scope = NewDisposeScope();
        using var rule = EveryRule.Named(name).Create(Classes, 1);
        var answers = Logits(2, 20);
        Assert.True(EveryRule.Distance(rule.Scores(answers), rule.Scores(answers.flip(1))) > 0.1);
    }

    [Theory, MemberData(nameof(Rules))]
    public void A_samples_scores_are_the_same_alone_and_in_any_batch(string name)
    {
        using var scope = NewDisposeScope();
        using var rule = EveryRule.Named(name).Create(Classes, 2);
        var answers = Logits(3, 300);
        var together = rule.Scores(answers);
        double rounding = 1e-5 * together.abs().max().ToDouble();
        foreach (int s in new[] { 0, 1, 254, 255, 256, 299 })
            Assert.InRange(
                EveryRule.Distance(together.narrow(0, s, 1), rule.Scores(answers.narrow(0, s, 1))),
                0,
                rounding
            );
        Assert.InRange(EveryRule.Distance(together.flip(0), rule.Scores(answers.flip(0))), 0, rounding);
        // Nor on how loud the others are.
        var loud = cat([answers.narrow(0, 0, 1), 1000 * answers.narrow(0, 1, 299)]);
        Assert.InRange(EveryRule.Distance(together.narrow(0, 0, 1), rule.Scores(loud).narrow(0, 0, 1)), 0, rounding);
    }

    [Theory, MemberData(nameof(Rules))]
    public void Neither_answers_nor_weights_are_changed(string name)
    {
        using var scope = NewDisposeScope();
        using var rule = EveryRule.Named(name).Create(Classes, 1);
        Tensor answers = Logits(4, 9),
            sent = Logits(5, 9, 2);
        Tensor before = answers.clone(),
            sentBefore = sent.clone();
        var network = EveryRule.CopurNetworkOf(Classes);
        float[] weights = Weights(network);
        rule.Scores(answers);
        using (var given = rule.Given(answers, [0, 3]))
        {
            given.Scores(sent);
            given.Gradient(sent, scores => scores.clone());
        }
        Assert.Equal(0, EveryRule.Distance(before, answers));
        Assert.Equal(0, EveryRule.Distance(sentBefore, sent));
        Assert.Equal(weights, Weights(network));
        Assert.All(network.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Theory, MemberData(nameof(Rules))]
    public void Answers_that_lie_otherwise_in_memory_score_the_same(string name)
    {
        using var scope = NewDisposeScope();
        using var rule = EveryRule.Named(name).Create(Classes, 1);
        var answers = Logits(6, 9);
        var strided = answers.transpose(1, 2).contiguous().transpose(1, 2);
        Assert.False(strided.is_contiguous());
        Assert.InRange(EveryRule.Distance(rule.Scores(answers), rule.Scores(strided)), 0, 1e-6);
    }

    [Theory, MemberData(nameof(Rules))]
    public void Given_the_honest_rows_scores_and_gradient_are_those_of_the_definition(string name)
    {
        using var scope = NewDisposeScope();
        var row = EveryRule.Named(name);
        using var rule = row.Create(Classes, 1);
        int[] liars = [6, 2];
        Tensor answers = Logits(7, 6),
            sent = Logits(8, 6, 2),
            outer = Logits(9, 6, 1).squeeze(1);
        using var given = rule.Given(answers, liars);
        Assert.Equal(6, given.Samples);
        var expected = rule.Scores(answers.index_copy(1, tensor(new long[] { 6, 2 }), sent));
        double rounding = 1e-5 * expected.abs().max().ToDouble();
        Assert.InRange(EveryRule.Distance(expected, given.Scores(sent)), 0, rounding);

        var rows = sent.to(ScalarType.Float64).requires_grad_();
        row.Define(Classes, 1, SortGradient.Mean)(
                answers.to(ScalarType.Float64).index_copy(1, tensor(new long[] { 6, 2 }), rows)
            )
            .backward([outer.to(ScalarType.Float64)]);
        Assert.InRange(
            EveryRule.Distance(rows.grad!, given.Gradient(sent, _ => outer.clone())),
            0,
            1e-4 * rows.grad!.abs().max().ToDouble()
        );

        using var some = given.Select(tensor(new long[] { 5, 0 }));
        Assert.InRange(
            EveryRule.Distance(
                given.Scores(sent).index_select(0, tensor(new long[] { 5, 0 })),
                some.Scores(sent.index_select(0, tensor(new long[] { 5, 0 })))
            ),
            0,
            rounding
        );
    }

    [Theory, MemberData(nameof(Rules))]
    public void Other_clients_or_classes_than_the_networks_were_made_for_are_refused(string name)
    {
        using var rule = EveryRule.Named(name).Create(Classes, 1);
        // 7 · 5 numbers too, but of other clients and classes.
        foreach (
            var answers in new[] { Logits(1, 2, 5, 7), Logits(1, 2, 6), Logits(1, 2, EveryRule.Places, 4), ones(2, 35) }
        )
        {
            Assert.Contains(
                "7 clients and 5 classes",
                Assert.Throws<ArgumentException>(() => rule.Scores(answers)).Message
            );
            Assert.Throws<ArgumentException>(() => rule.Given(answers, [0]));
        }
        using var given = rule.Given(Logits(1, 2), [0, 2]);
        Assert.Throws<ArgumentException>(() => given.Scores(Logits(2, 2, 3)));
    }

    static float[] Weights(CopurNetwork network) =>
        [.. network.parameters().SelectMany(weights => weights.data<float>().ToArray())];
}
