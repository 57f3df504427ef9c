using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Attacks;

/// <summary>What each attack sends in cases worked out by hand.</summary>
public class HandMadeAttackTests
{
    // Three clients; the mean is (0.4, 0.25, 0.2, 0.15), the label is 1. Client 2 lies.
    static readonly float[] Rows = [0.5f, 0.25f, 0.15f, 0.1f, 0.4f, 0.25f, 0.3f, 0.05f, 0.3f, 0.25f, 0.15f, 0.3f];

    static float[] Sent(
        IAttack attack,
        int label = 1,
        ProbitSet? validation = null,
        Aggregator? rule = null,
        int[]? liars = null
    )
    {
        using var answers = ProbitSet.FromProbits("hand-made", Rows, [1, 3, 4], [label]);
        using var query = new AttackQuery(answers, rule ?? new Mean(), new ThreatModel(3, liars ?? [2]), 0, validation);
        using var sent = attack.Corrupt(query);
        return sent.data<float>().ToArray();
    }

    [Fact]
    public void Flipped_logits_are_the_probits_to_the_power_of_minus_a()
    {
        // softmax(−2 log p) = p⁻² / Σ p⁻².
        double[] inverse = [.. Rows[8..].Select(p => 1 / ((double)p * p))];
        float[] sent = Sent(new LogitFlipping());
        for (int k = 0; k < 4; k++)
            Assert.Equal(inverse[k] / inverse.Sum(), sent[k], 1e-5);
        Assert.Equal(1, Sent(new LogitFlipping(16))[2], 1e-3);
    }

    [Fact]
    public void SIA_black_box_sends_the_liars_own_second_class() =>
        Assert.Equal([0, 0, 1, 0], Sent(new StrongestInvertedBlackBox(), liars: [1]));

    [Fact]
    public void LMA_sends_what_the_rule_finds_least_likely() =>
        Assert.Equal([0, 0, 0, 1], Sent(new LossMaximization()));

    [Theory]
    [InlineData(0, 1), InlineData(1, 0), InlineData(2, 0), InlineData(3, 0)]
    public void SIA_sends_the_best_class_other_than_the_label(int label, int expected)
    {
        var wanted = new float[4];
        wanted[expected] = 1;
        Assert.Equal(wanted, Sent(new StrongestInverted(), label));
    }

    [Fact]
    public void The_authors_SIA_sets_one_entry_and_keeps_the_rest() =>
        Assert.Equal([1, 0.25f, 0.15f, 0.3f], Sent(new StrongestInverted(keepRest: true)));

    // The mean is (0.37, 0.18, 0.45), the median (0.5, 0.2, 0.3): of the classes other than 1 the mean prefers 2 and
    // the median 0.
    [Fact]
    public void White_box_attacks_ask_the_rule_under_attack()
    {
        using var answers = ProbitSet.FromProbits(
            "two against one",
            [0.6f, 0.3f, 0.1f, 0.5f, 0.2f, 0.3f, 0, 0.05f, 0.95f],
            [1, 3, 3],
            [1]
        );
        foreach (
            var (rule, expected) in new (Aggregator, float[])[]
            {
                (new Mean(), [0, 0, 1]),
                (new CoordinateWiseMedian(), [1, 0, 0]),
            }
        )
        {
            using var query = new AttackQuery(answers, rule, new ThreatModel(3, [0]));
            using var sent = new StrongestInverted().Corrupt(query);
            Assert.Equal(expected, sent.data<float>().ToArray());
        }
    }

    // P = (0.6, 0.3, 0.1), (0.2, 0.5, 0.3), centred ±(0.2, −0.1, −0.1): S = (0.04, −0.02, −0.02; −0.02, 0.01, 0.01;
    // −0.02, 0.01, 0.01).
    [Fact]
    public void CPAs_similarity_and_what_it_sends_by_hand()
    {
        using var validation = ProbitSet.FromProbits("val", [0.6f, 0.3f, 0.1f, 0.2f, 0.5f, 0.3f], [2, 1, 3], [0, 1]);
        using var answers = ProbitSet.FromProbits(
            "test",
            [0.1f, 0.8f, 0.1f, 0.1f, 0.7f, 0.2f, 0.2f, 0.6f, 0.2f],
            [1, 3, 3],
            [1]
        );
        using var query = new AttackQuery(answers, new Mean(), new ThreatModel(3, [1]), 0, validation);
        Assert.Equal(
            [0.04, -0.02, -0.02, -0.02, 0.01, 0.01, -0.02, 0.01, 0.01],
            query.Similarity.data<float>().ToArray().Select(x => Math.Round(x, 5))
        );
        // The rule answers 1; the class least similar to 1 is 0.
        using var sent = new ClassPrior().Corrupt(query);
        Assert.Equal([1, 0, 0], sent.data<float>().ToArray());
    }

    [Fact]
    public void CPA_without_validation_data_says_so() =>
        Assert.Contains("validation", Assert.Throws<InvalidOperationException>(() => Sent(new ClassPrior())).Message);

    /// <summary>The mean of logits: a rule that takes them.</summary>
    sealed class MeanOfLogits : Aggregator
    {
        public override string Name => "mean of logits";

        public override AnswerSpace Input => AnswerSpace.Logits;

        public override ScoreScale Scale => ScoreScale.Logits;

        public override Tensor Scores(Tensor answers) => answers.mean([1L]);
    }

    // Five clients, of which 1 and 2 lie; the sum of logits is (9, 18, 6, 4), the label is 1.
    static readonly float[] Liars = [3, 4, 1, -3, -3, -4, -4, -3];

    static float[] SentLogits(IAttack attack, float[]? liars = null)
    {
        using var answers = ProbitSet.FromLogits(
            "hand-made",
            [3, 6, 3, 3, .. liars ?? Liars, 3, 6, 3, 3, 3, 6, 3, 4],
            [1, 5, 4],
            [1]
        );
        using var query = new AttackQuery(answers, new MeanOfLogits(), new ThreatModel(5, [1, 2]), 0, answers);
        using var sent = attack.Corrupt(query);
        return sent.data<float>().ToArray();
    }

    [Fact]
    public void Flipped_logits_reach_a_rule_over_logits_as_they_are() =>
        Assert.Equal([-6, -8, -2, 6, 6, 8, 8, 6], SentLogits(new LogitFlipping()));

    // The best class other than 1 is 0. The greatest logit of the first liar is 4: ±8. That of the second is −3, its
    // least −4: ±8 again.
    [Fact]
    public void SIA_sends_a_rule_over_logits_twice_the_liars_greatest_logit()
    {
        Assert.Equal([8, -8, -8, -8, 8, -8, -8, -8], SentLogits(new StrongestInverted()));
        Assert.Equal(
            [10, -10, -10, -10, 12, -12, -12, -12],
            SentLogits(new StrongestInverted(), [5, 0, 0, -7, -3, -4, -5, -6])
        );
    }

    [Fact]
    public void A_one_hot_row_reaches_a_rule_over_logits_as_its_logarithm()
    {
        float least = MathF.Log(1e-12f);
        // The second classes of the two liars; the class that the rule finds least likely.
        Assert.Equal(
            [0, least, least, least, least, 0, least, least],
            SentLogits(new StrongestInvertedBlackBox(), [1, 2, 0, 0, 3, 2, 1, 0])
        );
        Assert.Equal([least, least, least, 0, least, least, least, 0], SentLogits(new LossMaximization()));
        Assert.Equal(2, SentLogits(new ClassPrior()).Count(x => x == 0));
    }

    // The last honest client differs from the other two.
    [Fact]
    public void Impersonation_copies_logits_for_a_rule_over_logits() =>
        Assert.Equal([3, 6, 3, 4, 3, 6, 3, 4], SentLogits(new Impersonation()));

    // Every step raises the rivals of class 1 by 0.1 and lowers class 1, as long as it leads: the start is in [0, 1).
    [Fact]
    public void PGD_sends_a_rule_over_logits_what_it_climbed_by()
    {
        float[] start = SentLogits(new ProjectedGradientAttack(0)),
            moved = SentLogits(new ProjectedGradientAttack(3));
        Assert.All(start, x => Assert.InRange(x, 0, 1));
        for (int i = 0; i < 2; i++)
            Assert.Equal(start[4 * i + 1] - 0.3f, moved[4 * i + 1], 1e-5);
        Assert.All(start.Zip(moved), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 0.3 + 1e-5));
    }

    // Honest clients 0, 1, 2 at (1,0,0), (0.9,0.1,0), (0,0,1): the third is farthest. Client 3 lies.
    [Fact]
    public void Impersonation_copies_the_honest_client_farthest_from_the_others()
    {
        using var answers = ProbitSet.FromProbits(
            "x",
            [1, 0, 0, 0.9f, 0.1f, 0, 0, 0, 1, 0.3f, 0.3f, 0.4f],
            [1, 4, 3],
            [0]
        );
        using var query = new AttackQuery(answers, new Mean(), new ThreatModel(4, [3]));
        using var sent = new Impersonation().Corrupt(query);
        Assert.Equal([0, 0, 1], sent.data<float>().ToArray());
    }
}
