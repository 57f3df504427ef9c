using CsCheck;
using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Certificates;
using RobustInference.Evaluation;
using RobustInference.Probits;
using Tests.RobustInference.Aggregators;
using Tests.RobustInference.Attacks;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Evaluation;

/// <summary>Logits of any size that a float holds, classes masked with the least float among them, as frameworks do it:
/// no NaN anywhere, and no attack below the exact worst case.</summary>
public class ExtremeLogitTests
{
    const int Samples = 12,
        Classes = 5,
        Iterations = 6;

    static readonly ThreatModel Threat = new(EveryRule.Places, [1, 4]);

    static readonly Gen<(double Exponent, bool IsMasked, int Seed)> Ensembles = Gen.Select(
        Gen.Double[-30, 38.53],
        Gen.Bool,
        Gen.Int[0, 1 << 20]
    );

    public static TheoryData<string> Rules => [.. EveryRule.All.Concat(EveryRule.OverLogits).Select(row => row.Name)];

    /// <summary>Mostly right at a scale of 1; every class is masked for some client, none for all.</summary>
    static ProbitSet Draw(double scale, bool isMasked, int seed, int samples = Samples)
    {
        var random = new Random(seed);
        long[] labels = [.. Enumerable.Range(0, samples).Select(_ => (long)random.Next(Classes))];
        var masked = new bool[EveryRule.Places * Classes];
        for (int i = Classes; i < masked.Length; i++)
            masked[i] = isMasked && random.NextDouble() < 0.3;
        var logits = new float[samples * masked.Length];
        for (int i = 0; i < logits.Length; i++)
        {
            double noise = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble()),
                logit = scale * (noise + (i % Classes == labels[i / masked.Length] ? 2 : 0));
            logits[i] = masked[i % masked.Length]
                ? float.MinValue
                : (float)Math.Clamp(logit, float.MinValue, float.MaxValue);
        }
        return ProbitSet.FromLogits("drawn", logits, [samples, EveryRule.Places, Classes], labels);
    }

    [Theory, MemberData(nameof(Rules))]
    public void At_every_scale_scores_are_numbers_and_no_attack_gets_below_the_exact_worst_case(string name) =>
        Ensembles.Sample(
            drawn =>
            {
                using var answers = Draw(Math.Pow(10, drawn.Exponent), drawn.IsMasked, drawn.Seed);
                using var validation = Draw(Math.Pow(10, drawn.Exponent), drawn.IsMasked, drawn.Seed + 1);
                Check(name, answers, validation);
            },
            iter: Iterations,
            threads: 1
        );

    [Theory, MemberData(nameof(Rules))]
    public void Masked_classes_and_rows_near_the_greatest_float_are_only_answers(string name)
    {
        foreach (var (scale, isMasked) in new[] { (1, true), (1.2e38, false), (1.2e38, true) })
        {
            using var answers = Draw(scale, isMasked, 0, samples: 60);
            using var validation = Draw(scale, isMasked, 1, samples: 60);
            Check(name, answers, validation);
        }
    }

    [Fact]
    public void Masked_classes_are_flipped_into_certainty_and_the_others_into_nothing()
    {
        using var answers = ProbitSet.FromLogits("masked", [1, 2, float.MinValue, 3, 2, 1, 3, 2, 1], [1, 3, 3], [0]);
        using var query = new AttackQuery(answers, new Mean(), new ThreatModel(3, [0]));
        Assert.Equal([0, 0, 1], new LogitFlipping().Corrupt(query).data<float>().ToArray());
        using var overLogits = new AttackQuery(answers, new LogitsOnly(), new ThreatModel(3, [0]));
        Assert.Equal([-2, -4, float.MaxValue], new LogitFlipping().Corrupt(overLogits).data<float>().ToArray());
    }

    [Fact]
    public void A_file_of_such_answers_is_written_and_read_with_the_same_probabilities()
    {
        using var folder = new TemporaryFolder();
        using var answers = Draw(1, true, 3);
        using var huge = Draw(1e38, true, 3);
        foreach (var set in new[] { answers, huge })
        {
            string path = folder.File("answers.npz");
            using var archive = new ProbitArchive(
                null,
                set.Select([.. Enumerable.Range(0, Samples).Select(s => (long)s)])
            );
            archive.Write(path);
            using var read = ProbitArchive.Read(path);
            Assert.InRange(EveryRule.Distance(set.Probits, read.Test.Probits), 0, 2e-3);
        }
    }

    /// <summary>What an attack has sent already, so that it is not run once more.</summary>
    sealed class Sent(IAttack attack, Tensor rows) : IAttack
    {
        public string Name => attack.Name;

        public AttackAccess Access => attack.Access;

        public string Sends => attack.Sends;

        public bool LeavesSimplex => attack.LeavesSimplex;

        public Tensor Corrupt(AttackQuery query) => rows;
    }

    static void Check(string name, ProbitSet answers, ProbitSet validation)
    {
        using var scope = NewDisposeScope();
        var rule = EveryRule.Named(name).Create(Classes, 2);
        Assert.True(answers.Probits.isfinite().all().ToBoolean());
        using var clean = rule.Scores(rule.Input == AnswerSpace.Probits ? answers.Probits : answers.Logits);
        Assert.True(clean.isfinite().all().ToBoolean(), "a score is not finite");
        double[]? exact = (rule.Certificate(Adversary.Fixed) is { IsExact: true } certificate ? certificate : null)
            ?.Margins(answers, Adversary.Fixed, Threat)
            .data<double>()
            .ToArray();
        Assert.DoesNotContain(exact ?? [], double.IsNaN);
        using var query = new AttackQuery(answers, rule, Threat, 3, validation);
        using var attacked = new RuleUnderAttack(answers, rule, Threat, 3, validation);
        // The strong suite's attacks send probability vectors alone.
        var attacks =
            rule.Input == AnswerSpace.Probits
                ? EveryAttack.All.Select(row => row.Attack)
                :
                [
                    .. AttackSuite.Paper.Where(attack => attack is not ProjectedGradientAttack),
                    .. AttackSuite.Excluded,
                ];
        foreach (var attack in attacks)
        {
            using var inner = NewDisposeScope();
            var sent = attack.Corrupt(query);
            Assert.True(sent.isfinite().all().ToBoolean(), $"{attack.Name} sends no numbers");
            bool[] right = attacked.Under(new Sent(attack, sent));
            for (int s = 0; exact is not null && !attack.LeavesSimplex && s < right.Length; s++)
                Assert.True(
                    right[s] || exact[s] <= CertifiedFloor.Tolerance,
                    $"{attack.Name} breaks sample {s}, whose exact worst-case margin is {exact[s]}"
                );
        }
    }

    sealed class LogitsOnly : Aggregator
    {
        public override string Name => "Over logits";

        public override AnswerSpace Input => AnswerSpace.Logits;

        public override Tensor Scores(Tensor answers) => answers.mean([1L]);
    }
}
