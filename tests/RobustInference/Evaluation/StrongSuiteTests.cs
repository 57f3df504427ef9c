using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Certificates;
using RobustInference.Evaluation;
using RobustInference.Probits;
using RobustInference.Results;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.RobustInference.Evaluation;

public class StrongSuiteTests
{
    const int Clients = 7,
        Classes = 5;
    static readonly ThreatModel Threat = new(Clients, [2, 5]);

    public static TheoryData<string> Rules => EveryRule.Names;

    public static TheoryData<string> ExactRules =>
        [
            .. EveryRule
                .All.Where(row => row.Create(3, 1).Certificate(Adversary.Fixed) is { IsExact: true })
                .Select(row => row.Name),
        ];

    /// <summary>Samples that the rule gets right: one that is right by chance only is given the labels that it
    /// answers.</summary>
    static ProbitSet Answers(RuleRow row, Aggregator rule, long seed, int samples = 60)
    {
        var answers = SyntheticProbits.Draw(samples, Clients, Classes, seed);
        if (!row.IsRightByChance)
            return answers;
        using (answers)
        using (var own = rule.Scores(answers.Probits).argmax(1))
            return ProbitSet.FromLogits(
                "labelled by the rule",
                answers.Logits.data<float>().ToArray(),
                answers.Logits.shape,
                own.data<long>().ToArray()
            );
    }

    static bool[] Right(Aggregator rule, ProbitSet answers, IAttack attack, ProbitSet? validation)
    {
        using var scope = NewDisposeScope();
        using var query = new AttackQuery(answers, rule, Threat, 0, validation);
        return Predictions.Correct(
            rule.Scores(Rows.Replace(answers.Probits, Threat.Corrupted, attack.Corrupt(query))),
            answers.Labels
        );
    }

    [Theory, MemberData(nameof(Rules))]
    public void What_survives_survives_each_attack_by_itself_and_any_clients_survive_less_than_given_ones(string name)
    {
        var row = EveryRule.Named(name);
        using var rule = row.Create(Classes, 2);
        using var answers = Answers(row, rule, 1);
        using var validation = SyntheticProbits.Draw(60, Clients, Classes, 2);
        var heard = new List<double>();
        var given = StrongSuite.Run(
            answers,
            rule,
            Threat,
            Adversary.Fixed,
            0,
            validation,
            (_, done) => heard.Add(done)
        );
        var any = StrongSuite.Run(answers, rule, Threat, Adversary.Any, 0, validation);

        Assert.True(heard.SequenceEqual(heard.Order()) && heard[^1] < 1);
        // What cannot be moved has no gradient, and the suite cannot know why.
        if (name == "Constant")
            Assert.Contains("no gradient", Assert.Single(given.Flags));
        // They jump from row to row, which gradients do not see: where the blind attack finds what all others missed,
        // the suite says so.
        else if (rule.Selects)
            Assert.All(given.Flags, flag => Assert.Contains("Random search", flag));
        else
            Assert.Empty(given.Flags);
        Assert.Equal(given.Flags, any.Flags);
        Assert.Equal(
            new RobustnessEvaluation(answers, validation, Threat, 0).Run(rule, AttackSuite.Paper, []).Survives,
            given.SurvivesPaper
        );
        foreach (var attack in AttackSuite.Paper.Concat([new AllTargets(), new PerClientTargets(), new TwoTargets()]))
        {
            bool[] right = Right(rule, answers, attack, validation);
            for (int s = 0; s < right.Length; s++)
                Assert.True(
                    right[s] || !given.Survives[s],
                    $"sample {s} is said to survive and {attack.Name} breaks it"
                );
        }
        for (int s = 0; s < answers.Samples; s++)
        {
            Assert.True(given.Clean[s] || !given.SurvivesPaper[s]);
            Assert.True(given.SurvivesPaper[s] || !given.Survives[s]);
            Assert.True(given.Survives[s] || !any.Survives[s], $"sample {s} falls to given clients and survives any");
        }
        foreach (var report in new[] { given, any })
        {
            int standing = report.SurvivesPaper.Count(survives => survives);
            Assert.All(
                report.Stages,
                stage =>
                {
                    Assert.Equal(standing, stage.Standing);
                    standing -= stage.Broken;
                }
            );
            Assert.Equal(standing, report.Survives.Count(survives => survives));
            Assert.Equal(report.Accuracy, report.Left().Last().Accuracy);
            Assert.All(
                report.Left().Zip(report.Left().Skip(1)),
                pair => Assert.True(pair.First.Accuracy >= pair.Second.Accuracy)
            );
            Assert.Equal(report.Stages.Count, report.Stages.Select(stage => stage.Attack).Distinct().Count());
        }
        Assert.Equal(
            AttackSuite
                .Strong.Select(attack => attack.Name)
                .Concat(rule.Selects ? [new HonestCopies().Name] : [])
                .Append(AttackSuite.Blind.Name),
            given.Stages.Select(stage => stage.Attack)
        );
        Assert.Equal(given.Stages, any.Stages.Take(given.Stages.Count));
    }

    /// <summary>Crowding around an honest place breaks samples of Krum that the rest of the suite leaves.</summary>
    [Fact]
    public void A_rule_that_selects_rows_falls_to_copies_of_honest_ones()
    {
        using var answers = SyntheticProbits.Draw(400, Clients, Classes, 12);
        using var rule = new Krum(2);
        var report = StrongSuite.Run(answers, rule, Threat, Adversary.Fixed, 0, null);
        var copies = report.Stages.Single(stage => stage.Attack == new HonestCopies().Name);
        Assert.True(copies.Broken > 0.02 * answers.Samples, $"{copies.Broken} of {copies.Standing}");
    }

    [Theory, MemberData(nameof(ExactRules))]
    public void Where_the_worst_case_is_known_exactly_given_clients_reach_it_and_any_clients_never_pass_it(string name)
    {
        using var rule = EveryRule.Named(name).Create(Classes, 2);
        using var answers = SyntheticProbits.Draw(200, Clients, Classes, 3);
        var certificate = rule.Certificate(Adversary.Fixed)!;
        double[] exact = certificate.Margins(answers, Adversary.Fixed, Threat).data<double>().ToArray(),
            any = certificate.Margins(answers, Adversary.Any, Threat).data<double>().ToArray();
        var report = StrongSuite.Run(answers, rule, Threat, Adversary.Fixed, 0, null);
        var further = StrongSuite.Run(answers, rule, Threat, Adversary.Any, 0, null);
        for (int s = 0; s < exact.Length; s++)
        {
            if (Math.Abs(exact[s]) > 1e-6)
                Assert.True(
                    exact[s] > 0 == report.Survives[s],
                    $"sample {s}: exact margin {exact[s]}, survives: {report.Survives[s]}"
                );
            if (any[s] > 1e-6)
                Assert.True(further.Survives[s], $"sample {s}: exact margin {any[s]}, and any clients break it");
        }
    }

    [Fact]
    public void Both_threat_models_in_one_go_are_the_two_by_themselves()
    {
        using var answers = SyntheticProbits.Draw(120, Clients, Classes, 11);
        using var rule = new CoordinateWiseTrimmedMean(2);
        var paper = new RobustnessEvaluation(answers, null, Threat, 0).Run(rule, AttackSuite.Paper, []);
        var (given, any) = StrongSuite.Both(answers, rule, paper, Threat, 0);
        Assert.Equal(StrongSuite.Run(answers, rule, Threat, Adversary.Fixed, 0, null).Survives, given.Survives);
        Assert.Equal(StrongSuite.Run(answers, rule, Threat, Adversary.Any, 0, null).Survives, any.Survives);
        Assert.Equal(given.Stages, any.Stages.Take(given.Stages.Count));
    }

    [Theory, MemberData(nameof(ExactRules))]
    public void On_the_embedded_ensembles_too(string name)
    {
        string[] files = Directory.GetFiles(Path.Combine(WorkbookFolder.Root, "data", "probits"), "cifar10-*.npz");
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            using var archive = ProbitArchive.Read(file);
            using var answers = archive.Test.Select([.. Enumerable.Range(0, 400).Select(s => (long)s)]);
            using var rule = EveryRule.Named(name).Create(10, 4);
            var threat = ThreatModel.Draw(answers.Clients, 4, 0);
            double[] exact = rule.Certificate(Adversary.Fixed)!
                .Margins(answers, Adversary.Fixed, threat)
                .data<double>()
                .ToArray();
            var report = StrongSuite.Run(answers, rule, threat, Adversary.Fixed, 0, archive.Validation);
            for (int s = 0; s < exact.Length; s++)
                if (Math.Abs(exact[s]) > 1e-6)
                    Assert.True(
                        exact[s] > 0 == report.Survives[s],
                        $"{file}, sample {s}: exact margin {exact[s]}, survives: {report.Survives[s]}"
                    );
        }
    }

    // Safe iff for every class k the n−f smallest z_iy − z_ik sum to more than f.
    [Fact]
    public void For_the_mean_and_any_clients_the_figure_is_the_exact_one()
    {
        using var answers = SyntheticProbits.Draw(300, Clients, Classes, 4);
        float[] p = answers.Probits.data<float>().ToArray();
        long[] labels = answers.Labels.data<long>().ToArray();
        var report = StrongSuite.Run(answers, new Mean(), Threat, Adversary.Any, 0, null);
        int safe = 0;
        for (int s = 0; s < 300; s++)
        {
            double margin = Enumerable
                .Range(0, Classes)
                .Where(k => k != labels[s])
                .Min(k =>
                    Enumerable
                        .Range(0, Clients)
                        .Select(i =>
                            (double)p[(s * Clients + i) * Classes + labels[s]] - p[(s * Clients + i) * Classes + k]
                        )
                        .Order()
                        .Take(Clients - 2)
                        .Sum() - 2
                );
            if (Math.Abs(margin) > 1e-5)
                Assert.True(margin > 0 == report.Survives[s], $"sample {s}: {margin}");
            if (margin > 0)
                safe++;
        }
        Assert.InRange(safe, 10, 290);
    }

    [Fact]
    public void With_nobody_corrupted_what_is_right_survives()
    {
        using var answers = SyntheticProbits.Draw(40, Clients, Classes, 5);
        foreach (var adversary in Enum.GetValues<Adversary>())
        {
            var report = StrongSuite.Run(
                answers,
                new CoordinateWiseTrimmedMean(2),
                new ThreatModel(Clients, []),
                adversary,
                0,
                null
            );
            Assert.Equal(report.Clean, report.Survives);
        }
    }

    [Fact]
    public void Nothing_right_leaves_nothing_to_attack()
    {
        using var drawn = SyntheticProbits.Draw(20, Clients, Classes, 6);
        using var least = new Mean().Scores(drawn.Probits).argmin(1);
        using var answers = ProbitSet.FromLogits(
            "lost",
            drawn.Logits.data<float>().ToArray(),
            drawn.Logits.shape,
            least.data<long>().ToArray()
        );
        var report = StrongSuite.Run(answers, new Mean(), Threat, Adversary.Any, 0, null);
        Assert.Equal(0, report.Accuracy);
        Assert.Empty(report.Flags);
    }

    public static TheoryData<string, string> Suspects =>
        new()
        {
            { "draws", "the rule draws" },
            { "looks at its batch", "whole batch" },
            { "stairs", "no gradient" },
        };

    [Theory, MemberData(nameof(Suspects))]
    public void A_rule_that_only_looks_robust_is_flagged(string name, string says)
    {
        using Aggregator rule = name switch
        {
            "draws" => new DrawingRule(),
            "stairs" => new StairRule(),
            _ => new BatchRule(),
        };
        using var answers = SyntheticProbits.Draw(80, Clients, Classes, 7);
        Assert.Contains(
            StrongSuite.Run(answers, rule, Threat, Adversary.Fixed, 0, null).Flags,
            flag => flag.Contains(says)
        );
    }

    [Fact]
    public void Stairs_without_gradients_fall_like_the_mean_to_what_needs_none()
    {
        using var answers = SyntheticProbits.Draw(200, Clients, Classes, 8);
        double mean = StrongSuite.Run(answers, new Mean(), Threat, Adversary.Fixed, 0, null).Accuracy,
            stairs = StrongSuite.Run(answers, new StairRule(), Threat, Adversary.Fixed, 0, null).Accuracy;
        Assert.InRange(stairs, mean - 0.05, mean + 0.05);
    }

    [Theory]
    [InlineData(3, 1000, true), InlineData(2, 1000, false), InlineData(0, 10, false), InlineData(1, 10, true)]
    public void A_blind_attack_that_breaks_more_than_two_in_a_thousand_is_a_flag(
        int broken,
        int samples,
        bool flagged
    ) =>
        Assert.Equal(
            flagged,
            DefenceChecks.MaskedGradients(new AttackStage("Blind", 10, broken), samples)?.Contains("masked") ?? false
        );

    [Theory, InlineData(Adversary.Fixed), InlineData(Adversary.Any)]
    public void Nothing_is_left_of_a_mean_over_logits_that_have_no_bound(Adversary adversary)
    {
        using var answers = SyntheticProbits.Draw(60, Clients, Classes, 9);
        using var rule = new LogitsRule();
        var report = StrongSuite.Run(answers, rule, Threat, adversary, 0, null);
        Assert.Contains(true, report.Clean);
        Assert.DoesNotContain(true, report.Survives);
        Assert.All(report.Stages, stage => Assert.StartsWith("Logit target", stage.Attack));
        // Without corruption there is nothing to break.
        var spared = StrongSuite.Run(answers, rule, ThreatModel.Draw(Clients, 0, 0), adversary, 0, null);
        Assert.Equal(spared.Clean, spared.Survives);
    }

    [Fact]
    public void What_is_certified_stands_although_ascents_leave_most_of_it_out()
    {
        using var answers = SyntheticProbits.Draw(600, Clients, Classes, 10);
        using var rule = new CoordinateWiseMedian();
        bool[] certified = rule.Certificate(Adversary.Fixed)!.Certified(answers, Adversary.Fixed, Threat);
        var report = StrongSuite.Run(answers, rule, Threat, Adversary.Fixed, 0, null);
        Assert.Equal(certified, report.Survives);
        Assert.True(certified.Count(sure => sure) > 250);
        // Two hundred of them are tried again, as a check of the certificate.
        var ascents = report.Stages.Where(stage => stage.Attack.Contains("Auto-PGD")).ToArray();
        Assert.NotEmpty(ascents);
        Assert.All(ascents, stage => Assert.Equal((200, 0), (stage.Standing, stage.Broken)));
    }

    [Fact]
    public void It_stops_when_asked()
    {
        using var answers = SyntheticProbits.Draw(20, Clients, Classes, 9);
        using var cancel = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() =>
            StrongSuite.Run(
                answers,
                new Mean(),
                Threat,
                Adversary.Fixed,
                0,
                null,
                (stage, _) =>
                {
                    if (stage == "Own targets")
                        cancel.Cancel();
                },
                cancel.Token
            )
        );
    }
}
