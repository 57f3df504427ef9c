using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Certificates;
using RobustInference.Evaluation;
using RobustInference.Probits;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.RobustInference.Evaluation;

/// <summary>What a user's own attack returns is checked wherever it is used, and what breaks a certified sample stops
/// the program.</summary>
public class CheckedAttackTests
{
    static readonly ThreatModel Threat = new(EveryRule.Places, [2, 5]);

    sealed class OwnAttack(Func<AttackQuery, Tensor> corrupt, bool leaves = false) : IAttack
    {
        public string Name => "My own";

        public AttackAccess Access => AttackAccess.WhiteBox;

        public string Sends => "something";

        public bool LeavesSimplex => leaves;

        public Tensor Corrupt(AttackQuery query) => corrupt(query);
    }

    /// <summary>Uniform rows, all but one entry, which is set.</summary>
    static Func<AttackQuery, Tensor> Entry(int sample, int row, params float[] values) =>
        query =>
        {
            var rows = full([query.Samples, query.Corrupted, query.Classes], 1f / query.Classes);
            for (int k = 0; k < values.Length; k++)
                rows[sample, row, k] = values[k];
            return rows;
        };

    static readonly Dictionary<string, (Func<AttackQuery, Tensor> Corrupt, string Says)> Wrong = new()
    {
        ["NaN"] = (Entry(3, 1, float.NaN), "attack My own, sample 3, client 5: sends NaN for class 0"),
        ["infinity"] = (Entry(0, 0, 0, float.PositiveInfinity), "sample 0, client 2: sends "),
        ["negative"] = (Entry(4, 0, -0.5f, 0.9f), "sample 4, client 2: sends -0.5 for class 0"),
        ["not normalised"] = (Entry(4, 1, 1000, 1000), "sample 4, client 5: sends probabilities that sum to 2000"),
        ["clients left out"] = (q => zeros(q.Samples, 1, q.Classes), "wanted Float32 [6, 2, 4]"),
        ["samples left out"] = (q => zeros(1, q.Corrupted, q.Classes), "returned Float32 [1, 2, 4]"),
        ["doubles"] = (
            q => full([q.Samples, q.Corrupted, q.Classes], 0.25, dtype: ScalarType.Float64),
            "returned Float64"
        ),
    };

    public static TheoryData<string> Faults => [.. Wrong.Keys];

    [Theory, MemberData(nameof(Faults))]
    public void An_attack_that_sends_what_no_client_can_is_named_with_sample_and_client(string fault)
    {
        var (corrupt, says) = Wrong[fault];
        using var answers = SyntheticProbits.Draw(6, EveryRule.Places, 4, 1);
        using var attacked = new RuleUnderAttack(answers, new Mean(), Threat, 0, null);
        string message = Assert.Throws<InvalidDataException>(() => attacked.Under(new OwnAttack(corrupt))).Message;
        Assert.StartsWith("attack My own", message);
        Assert.Contains(says, message);
        Assert.Throws<InvalidDataException>(() => Sequence(answers).Run(new OwnAttack(corrupt), Threat, default));
    }

    [Fact]
    public void In_a_sequence_the_sample_is_that_of_the_whole_set_and_the_client_the_chosen_one()
    {
        using var answers = SyntheticProbits.Draw(6, EveryRule.Places, 4, 1);
        bool[] standing = [false, false, true, true, false, true];
        string Message(Action<SequentialAttack> run) =>
            Assert
                .Throws<InvalidDataException>(() => run(new SequentialAttack(answers, new Mean(), 0, standing)))
                .Message;
        var wrong = new OwnAttack(Entry(1, 1, float.NaN));
        Assert.Contains("sample 3, client 5:", Message(siege => siege.Run(wrong, Threat, default)));
        Assert.Contains(
            "sample 3, client 6:",
            Message(siege => siege.Run([wrong], new LastClients(), 2, _ => { }, default))
        );
    }

    [Fact]
    public void Rows_that_leave_the_simplex_on_purpose_are_only_asked_to_be_finite()
    {
        using var answers = SyntheticProbits.Draw(6, EveryRule.Places, 4, 1);
        using var attacked = new RuleUnderAttack(answers, new Mean(), Threat, 0, null);
        Assert.Equal(6, attacked.Under(new OwnAttack(Entry(4, 1, 1000, 1000), leaves: true)).Length);
        Assert.Throws<InvalidDataException>(() => attacked.Under(new OwnAttack(Entry(4, 1, float.NaN), leaves: true)));
        Assert.Equal(
            AttackSuite.Excluded.Where(attack => attack.LeavesSimplex).Select(attack => attack.Name),
            ["SIA (authors)"]
        );
        Assert.DoesNotContain(
            [.. AttackSuite.Paper, .. AttackSuite.Strong, AttackSuite.Blind],
            attack => attack.LeavesSimplex
        );
    }

    [Fact]
    public void Logits_have_no_bound_but_must_be_finite()
    {
        using var answers = SyntheticProbits.Draw(6, EveryRule.Places, 4, 1);
        var rule = EveryRule.Named("Manifold projection").Create(4, 2);
        using var attacked = new RuleUnderAttack(answers, rule, Threat, 0, null);
        Assert.Equal(6, attacked.Under(new OwnAttack(Entry(4, 1, -3e38f, 3e38f))).Length);
        Assert.Throws<InvalidDataException>(() => attacked.Under(new OwnAttack(Entry(4, 1, float.NaN))));
    }

    /// <summary>The mean by name and certificate; its answer is spoilt where somebody is sure of class 0.</summary>
    sealed class LyingMean : Aggregator, IRangeMean
    {
        public override string Name => "Lying mean";

        public (int From, int To) Kept(int clients) => (0, clients);

        public override ICertificate Certificate(Adversary adversary) => new RangeMeanWorstCase(this);

        public override Tensor Scores(Tensor answers) => -answers.mean([1L]);
    }

    [Fact]
    public void A_sample_that_is_certified_and_broken_stops_everything_and_is_named()
    {
        using var answers = SyntheticProbits.Draw(60, EveryRule.Places, 4, 1);
        var rule = new LyingMean();
        using var margins = rule.Certificate(Adversary.Fixed).Margins(answers, Adversary.Fixed, Threat);
        int first = margins.data<double>().ToArray().ToList().FindIndex(margin => margin > CertifiedFloor.Tolerance);
        Assert.InRange(first, 0, 59);
        using var attacked = new RuleUnderAttack(answers, rule, Threat, 0, null);
        Assert.StartsWith(
            $"Lying mean, sample {first}: SIA breaks it, but its exact worst-case margin is ",
            Assert.Throws<CertificateViolation>(() => attacked.Under(new StrongestInverted())).Message
        );
        bool[] all = [.. Enumerable.Repeat(true, 60)];
        var paper = new RobustnessReport(rule.Name, all, [("SIA", all)], []);
        foreach (var adversary in Enum.GetValues<Adversary>())
            Assert.Contains(
                ": Every target breaks it",
                Assert
                    .Throws<CertificateViolation>(() => StrongSuite.Run(answers, rule, paper, Threat, adversary, 0))
                    .Message
            );
    }

    static SequentialAttack Sequence(ProbitSet answers) =>
        new(answers, new Mean(), 0, [.. Enumerable.Repeat(true, answers.Samples)]);

    sealed class LastClients : IClientSelection
    {
        public string Name => "last";

        public Tensor Choose(AttackQuery query) =>
            tensor(new long[] { query.Answers.Clients - 2, query.Answers.Clients - 1 })
                .unsqueeze(0)
                .repeat(query.Samples, 1);
    }
}
