using CsCheck;
using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Certificates;
using RobustInference.Evaluation;
using RobustInference.Experiments;
using RobustInference.Numerics;
using RobustInference.Probits;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.RobustInference.Certificates;

public class ExactWorstCaseTests
{
    const double Rounding = 1e-6;

    public static TheoryData<string> MonotoneRules => [.. EveryRule.All.Where(row => row.Create(3, 1).IsMonotone).Select(row => row.Name)];

    static ProbitSet Draw(long seed, int samples, int clients, int classes)
    {
        using var rows = EveryRule.Rows(seed, samples, clients, classes);
        var random = RandomStream.Managed(seed, "test-labels");
        return ProbitSet.FromProbits("drawn", rows.data<float>().ToArray(), [samples, clients, classes], [.. Enumerable.Range(0, samples).Select(_ => (long)random.Next(classes))]);
    }

    static float[] Margins(Aggregator rule, ProbitSet answers, ThreatModel threat)
    {
        using var margins = ExactWorstCase.Margins(rule, answers, threat);
        return margins.data<float>().ToArray();
    }

    /// <summary>s_y − max_{k≠y} s_k of every sample when the corrupted rows are <paramref name="sent"/>.</summary>
    static float[] MarginsUnder(Aggregator rule, ProbitSet answers, ThreatModel threat, Tensor sent)
    {
        using var scope = NewDisposeScope();
        var all = answers.Probits.clone();
        for (int i = 0; i < threat.Count; i++) all.select(1, threat.Corrupted[i]).copy_(sent.select(1, i));
        var scores = rule.Scores(all);
        var labels = answers.Labels.unsqueeze(1);
        var rivals = scores.scatter(1, labels, full_like(labels, double.NegativeInfinity, dtype: ScalarType.Float32));
        return (scores.gather(1, labels).squeeze(1) - rivals.max(1).values).data<float>().ToArray();
    }

    [Theory, MemberData(nameof(MonotoneRules))]
    public void The_margin_is_the_least_over_all_one_hot_rows(string name) =>
        Gen.Select(Gen.Int[3, 6], Gen.Int[2, 4], Gen.Long[0, 1 << 30]).Sample((n, k, seed) =>
        {
            int f = (n - 1) / 2;
            var rule = EveryRule.Named(name).Create(k, f);
            using var answers = Draw(seed, 5, n, k);
            var threat = ThreatModel.Draw(n, f, seed);
            float[] exact = Margins(rule, answers, threat), least = [.. Enumerable.Repeat(float.PositiveInfinity, 5)];
            for (int code = 0; code < Math.Pow(k, f); code++)
            {
                using var sent = zeros(5, f, k);
                for (int i = 0, rest = code; i < f; i++, rest /= k) sent.select(1, i).select(1, rest % k).fill_(1);
                float[] margins = MarginsUnder(rule, answers, threat, sent);
                for (int s = 0; s < 5; s++) least[s] = Math.Min(least[s], margins[s]);
            }
            for (int s = 0; s < 5; s++) Assert.Equal(least[s], exact[s], Rounding);
        }, iter: 25);

    [Theory, MemberData(nameof(MonotoneRules))]
    public void Thousands_of_drawn_corruptions_do_not_get_below_it(string name)
    {
        const int Draws = 3000, Samples = 40;
        using var scope = NewDisposeScope();
        var rule = EveryRule.Named(name).Create(4, 2);
        using var answers = Draw(3, Samples, 7, 4);
        var threat = new ThreatModel(7, [2, 5]);
        float[] exact = Margins(rule, answers, threat);
        using var generator = RandomStream.Torch(3, "test-corruptions");
        for (int draw = 0; draw < Draws; draw++)
        {
            using var inner = NewDisposeScope();
            // From nearly uniform to nearly one-hot.
            var sent = nn.functional.softmax((1 + draw % 10) * randn([Samples, 2, 4], generator: generator), -1);
            float[] margins = MarginsUnder(rule, answers, threat, sent);
            for (int s = 0; s < Samples; s++) Assert.True(margins[s] >= exact[s] - Rounding, $"sample {s}: {margins[s]} < {exact[s]}");
        }
    }

    [Fact]
    public void For_the_mean_it_is_two_lines_of_algebra()
    {
        using var answers = Draw(4, 50, 9, 5);
        var threat = new ThreatModel(9, [0, 3, 4, 8]);
        float[] exact = Margins(new Mean(), answers, threat), p = answers.Probits.data<float>().ToArray();
        long[] labels = answers.Labels.data<long>().ToArray();
        for (int s = 0; s < 50; s++)
        {
            double Sum(int k) => Enumerable.Range(0, 9).Where(i => !threat.Corrupted.Contains(i)).Sum(i => (double)p[(s * 9 + i) * 5 + k]);
            double expected = Enumerable.Range(0, 5).Where(k => k != labels[s]).Min(k => (Sum((int)labels[s]) - Sum(k) - 4) / 9);
            Assert.Equal(expected, exact[s], Rounding);
        }
    }

    // Honest (0.8, 0.2), (0.7, 0.3), (0.6, 0.4), label 0; two liars send (0, 1). Sorted: class 0 has 0, 0, 0.6, 0.7, 0.8 and class 1 has 0.2, 0.3, 0.4, 1, 1.
    [Fact]
    public void By_hand()
    {
        using var answers = ProbitSet.FromProbits("x", [0.8f, 0.2f, 0.9f, 0.1f, 0.7f, 0.3f, 0.6f, 0.4f, 0.5f, 0.5f], [1, 5, 2], [0]);
        var threat = new ThreatModel(5, [1, 4]);
        Assert.Equal((2.1 - 2.9) / 5, Margins(new Mean(), answers, threat)[0], Rounding);
        Assert.Equal(0.6 - 0.4, Margins(new CoordinateWiseMedian(), answers, threat)[0], Rounding);
        Assert.Equal((0 + 0.6 + 0.7 - 0.3 - 0.4 - 1) / 3, Margins(new CoordinateWiseTrimmedMean(1), answers, threat)[0], Rounding);
    }

    [Fact]
    public void With_nobody_corrupted_it_is_the_clean_margin()
    {
        using var answers = Draw(5, 30, 5, 4);
        var nobody = new ThreatModel(5, []);
        using var none = zeros(30, 0, 4);
        foreach (var rule in new Aggregator[] { new Mean(), new CoordinateWiseMedian(), new CoordinateWiseTrimmedMean(1) })
            Assert.Equal(MarginsUnder(rule, answers, nobody, none), Margins(rule, answers, nobody), (a, b) => Math.Abs(a - b) < Rounding);
    }

    [Theory, InlineData("GM"), InlineData("DeepSet"), InlineData("DeepSet-TM")]
    public void A_rule_that_is_not_monotone_is_refused(string name)
    {
        using var answers = Draw(6, 3, 5, 4);
        Assert.Contains(name, Assert.Throws<ArgumentException>(() => Margins(EveryRule.Named(name).Create(4, 1), answers, new ThreatModel(5, [0]))).Message);
    }

    [Theory, MemberData(nameof(MonotoneRules))]
    public void No_attack_breaks_a_sample_that_is_safe_and_SIA_or_PGD_comes_near(string name)
    {
        for (int seed = 0; seed < 3; seed++)
        {
            using var answers = SyntheticProbits.Draw(400, 7, 5, seed);
            using var validation = SyntheticProbits.Draw(200, 7, 5, seed + 100);
            AgainstTheSuite(EveryRule.Named(name).Create(5, 2), answers, validation, ThreatModel.Draw(7, 2, seed));
        }
    }

    [Theory, MemberData(nameof(MonotoneRules))]
    public void On_the_embedded_ensembles_no_attack_breaks_a_safe_sample(string name)
    {
        string[] files = Directory.GetFiles(Path.Combine(WorkbookFolder.Root, "data", "probits"), "*.npz");
        Assert.NotEmpty(files);
        foreach (string file in files.Order().Take(3))
        {
            using var archive = ProbitArchive.Read(file);
            using var answers = archive.Test.Select([.. Enumerable.Range(0, 700).Select(s => (long)s)]);
            AgainstTheSuite(EveryRule.Named(name).Create(10, 4), answers, archive.Validation, ThreatModel.Draw(answers.Clients, 4, 0));
        }
    }

    static void AgainstTheSuite(Aggregator rule, ProbitSet answers, ProbitSet? validation, ThreatModel threat)
    {
        float[] exact = Margins(rule, answers, threat);
        var report = new RobustnessEvaluation(answers, validation, threat, 0).Run(rule, AttackSuite.Paper, [new Impersonation()]);
        foreach (var (attack, right) in report.Attacked.Concat(report.Beside))
            for (int s = 0; s < exact.Length; s++)
                if (exact[s] > Rounding) Assert.True(right[s], $"{attack} breaks sample {s} of {rule.Name}, whose exact margin is {exact[s]}");
        double safe = exact.Count(margin => margin > Rounding) / (double)exact.Length;
        Assert.InRange(safe, 0, report.PointwiseWorstCase);
        // The suite is not idle: it breaks most of what can be broken.
        double clean = RobustnessReport.Accuracy(report.Clean);
        if (clean - safe > 0.05) Assert.True(clean - report.PointwiseWorstCase > 0.5 * (clean - safe), $"{clean} clean, {report.PointwiseWorstCase} survive, {safe} are safe");
    }
}
