using CsCheck;
using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Certificates;
using RobustInference.Evaluation;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Results;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.RobustInference.Certificates;

/// <summary>What holds for every rule whose worst case is known exactly.</summary>
public class ExactWorstCaseTests
{
    const double Rounding = 1e-6;

    public static TheoryData<string> ExactRules =>
        [
            .. EveryRule
                .All.Where(row => row.Create(3, 1).Certificate(Adversary.Fixed) is { IsExact: true })
                .Select(row => row.Name),
        ];

    static double[] Margins(Aggregator rule, ProbitSet answers, Adversary adversary, ThreatModel threat)
    {
        using var margins = rule.Certificate(adversary)!.Margins(answers, adversary, threat);
        return margins.data<double>().ToArray();
    }

    /// <summary>s_y − max_{k≠y} s_k of every sample, by the rule's definition in double precision, when the rows of
    /// <paramref name="liars"/> are <paramref name="sent"/>.</summary>
    static double[] MarginsUnder(Func<Tensor, Tensor> rule, ProbitSet answers, IReadOnlyList<int> liars, Tensor sent)
    {
        using var scope = NewDisposeScope();
        var all = answers.Probits.to(ScalarType.Float64);
        for (int i = 0; i < liars.Count; i++)
            all.select(1, liars[i]).copy_(sent.select(1, i));
        var scores = rule(all);
        var labels = answers.Labels.unsqueeze(1);
        var rivals = scores.scatter(1, labels, full_like(labels, double.NegativeInfinity, dtype: ScalarType.Float64));
        return (scores.gather(1, labels).squeeze(1) - rivals.max(1).values).data<double>().ToArray();
    }

    /// <summary>Every way for m liars to send one-hot rows, not all of one class.</summary>
    static IEnumerable<Tensor> OneHotRows(int samples, int liars, int classes)
    {
        for (int code = 0; code < Math.Pow(classes, liars); code++)
        {
            var sent = zeros([samples, liars, classes], dtype: ScalarType.Float64);
            for (int i = 0, rest = code; i < liars; i++, rest /= classes)
                sent.select(1, i).select(1, rest % classes).fill_(1);
            yield return sent;
        }
    }

    [Theory, MemberData(nameof(ExactRules))]
    public void The_margin_is_the_least_over_all_one_hot_rows_of_the_set_or_of_all_sets(string name) =>
        Gen.Select(Gen.Int[3, 6], Gen.Int[2, 3], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Bool, Gen.Long[0, 1 << 30])
            .Sample(
                (n, k, f, t, coarse, seed) =>
                {
                    const int Samples = 4;
                    (f, t) = (Math.Min(f, (n - 1) / 2), Math.Min(t, (n - 1) / 2));
                    var row = EveryRule.Named(name);
                    var definition = row.Define(k, t, SortGradient.True);
                    using var rule = row.Create(k, t);
                    using var answers = Ensembles.Draw(seed, Samples, n, k, coarse);
                    var threat = ThreatModel.Draw(n, f, seed);
                    double[] ofSet = [.. Enumerable.Repeat(double.PositiveInfinity, Samples)],
                        ofAny = [.. ofSet];
                    foreach (var liars in Ensembles.Sets(n, f))
                    foreach (var sent in OneHotRows(Samples, f, k))
                    {
                        double[] margins = MarginsUnder(definition, answers, liars, sent);
                        sent.Dispose();
                        for (int s = 0; s < Samples; s++)
                        {
                            ofAny[s] = Math.Min(ofAny[s], margins[s]);
                            if (liars.SequenceEqual(threat.Corrupted))
                                ofSet[s] = Math.Min(ofSet[s], margins[s]);
                        }
                    }
                    Assert.Equal(
                        ofSet,
                        Margins(rule, answers, Adversary.Fixed, threat),
                        (a, b) => Math.Abs(a - b) < 1e-12
                    );
                    Assert.Equal(
                        ofAny,
                        Margins(rule, answers, Adversary.Any, threat),
                        (a, b) => Math.Abs(a - b) < 1e-12
                    );
                },
                iter: 25
            );

    [Theory, MemberData(nameof(ExactRules))]
    public void Thousands_of_drawn_corruptions_do_not_get_below_it(string name)
    {
        const int Draws = 3000,
            Samples = 40;
        using var scope = NewDisposeScope();
        var row = EveryRule.Named(name);
        var definition = row.Define(4, 2, SortGradient.True);
        using var rule = row.Create(4, 2);
        using var answers = Ensembles.Draw(3, Samples, 7, 4);
        var threat = new ThreatModel(7, [2, 5]);
        double[] ofSet = Margins(rule, answers, Adversary.Fixed, threat),
            ofAny = Margins(rule, answers, Adversary.Any, threat);
        int[][] sets = [.. Ensembles.Sets(7, 2)];
        using var generator = RandomStream.Torch(3, "test-corruptions");
        for (int draw = 0; draw < Draws; draw++)
        {
            using var inner = NewDisposeScope();
            // From nearly uniform to nearly one-hot.
            var sent = nn
                .functional.softmax((1 + draw % 10) * randn([Samples, 2, 4], generator: generator), -1)
                .to(ScalarType.Float64);
            bool given = draw % 2 == 0;
            double[] margins = MarginsUnder(
                    definition,
                    answers,
                    given ? threat.Corrupted : sets[draw % sets.Length],
                    sent
                ),
                least = given ? ofSet : ofAny;
            for (int s = 0; s < Samples; s++)
                Assert.True(margins[s] >= least[s] - 1e-12, $"sample {s}: {margins[s]} < {least[s]}");
        }
    }

    [Theory, MemberData(nameof(ExactRules))]
    public void With_nobody_corrupted_it_is_the_clean_margin(string name)
    {
        var row = EveryRule.Named(name);
        using var rule = row.Create(4, 1);
        using var answers = Ensembles.Draw(5, 30, 5, 4);
        using var none = zeros([30, 0, 4], dtype: ScalarType.Float64);
        double[] clean = MarginsUnder(row.Define(4, 1, SortGradient.True), answers, [], none);
        foreach (var adversary in Enum.GetValues<Adversary>())
            Assert.Equal(
                clean,
                Margins(rule, answers, adversary, new ThreatModel(5, [])),
                (a, b) => Math.Abs(a - b) < 1e-12
            );
    }

    [Theory, MemberData(nameof(ExactRules))]
    public void Whoever_may_choose_the_set_does_no_worse_than_any_given_one(string name)
    {
        using var rule = EveryRule.Named(name).Create(4, 3);
        using var answers = Ensembles.Draw(6, 60, 9, 4);
        double[] any = Margins(rule, answers, Adversary.Any, new ThreatModel(9, [0, 1, 2]));
        for (int seed = 0; seed < 10; seed++)
        {
            double[] given = Margins(rule, answers, Adversary.Fixed, ThreatModel.Draw(9, 3, seed));
            for (int s = 0; s < 60; s++)
                Assert.True(any[s] <= given[s] + 1e-12);
        }
    }

    [Theory, MemberData(nameof(ExactRules))]
    public void Another_number_of_clients_than_the_threat_model_has_is_refused(string name)
    {
        if (name == "Constant")
            return;
        using var rule = EveryRule.Named(name).Create(4, 1);
        using var answers = Ensembles.Draw(7, 3, 5, 4);
        Assert.Throws<ArgumentException>(() => Margins(rule, answers, Adversary.Any, new ThreatModel(6, [0])));
    }

    [Theory, InlineData("GM"), InlineData("DeepSet"), InlineData("DeepSet-TM")]
    public void Other_rules_have_none(string name) =>
        Assert.False(EveryRule.Named(name).Create(4, 1).Certificate(Adversary.Fixed) is { IsExact: true });

    [Theory, MemberData(nameof(ExactRules))]
    public void No_attack_breaks_a_sample_that_is_safe_and_SIA_or_PGD_comes_near(string name)
    {
        for (int seed = 0; seed < 3; seed++)
        {
            using var answers = SyntheticProbits.Draw(400, 7, 5, seed);
            using var validation = SyntheticProbits.Draw(200, 7, 5, seed + 100);
            AgainstTheSuite(EveryRule.Named(name).Create(5, 2), answers, validation, ThreatModel.Draw(7, 2, seed));
        }
    }

    [Theory, MemberData(nameof(ExactRules))]
    public void On_the_embedded_ensembles_no_attack_breaks_a_safe_sample(string name)
    {
        string[] files = Directory.GetFiles(Path.Combine(WorkbookFolder.Root, "data", "probits"), "cifar10-*.npz");
        Assert.NotEmpty(files);
        foreach (string file in files.Order().Take(3))
        {
            using var archive = ProbitArchive.Read(file);
            using var answers = archive.Test.Select([.. Enumerable.Range(0, 700).Select(s => (long)s)]);
            AgainstTheSuite(
                EveryRule.Named(name).Create(10, 4),
                answers,
                archive.Validation,
                ThreatModel.Draw(answers.Clients, 4, 0)
            );
        }
    }

    static void AgainstTheSuite(Aggregator rule, ProbitSet answers, ProbitSet? validation, ThreatModel threat)
    {
        double[] exact = Margins(rule, answers, Adversary.Fixed, threat);
        var report = new RobustnessEvaluation(answers, validation, threat, 0).Run(
            rule,
            AttackSuite.Paper,
            [new Impersonation()]
        );
        foreach (var (attack, right) in report.Attacked.Concat(report.Excluded))
            for (int s = 0; s < exact.Length; s++)
                if (exact[s] > Rounding)
                    Assert.True(
                        right[s],
                        $"{attack} breaks sample {s} of {rule.Name}, whose exact margin is {exact[s]}"
                    );
        double safe = exact.Count(margin => margin > Rounding) / (double)exact.Length;
        Assert.InRange(safe, 0, report.PointwiseWorstCase);
        // The suite is not idle: it breaks most of what can be broken.
        double clean = RobustnessReport.Accuracy(report.Clean);
        if (clean - safe > 0.05)
            Assert.True(
                clean - report.PointwiseWorstCase > 0.5 * (clean - safe),
                $"{clean} clean, {report.PointwiseWorstCase} survive, {safe} are safe"
            );
    }
}
