using System.CommandLine;
using RobustInference.Assessment;
using RobustInference.Catalogue;
using RobustInference.Inputs;
using RobustInference.Numerics;
using RobustInference.Paper;
using RobustInference.Probits;
using RobustInference.Running;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook certify FILE.npz</c>: what holds against every attack, for anyone's ensemble.</summary>
public static class CertifyCommand
{
    public static Command Create()
    {
        var input = new InputArguments();
        var corrupted = Options.RequiredWhole("--corrupted", 0, "Number of corrupted clients f (f < n/2).");
        var who = Options.Wholes(
            "--corrupted-clients",
            "Indices of the fixed set, counted from 0, such as 3,7,9,16 (default: drawn with seed 0)."
        );
        var aggregator = new Option<string?>("--aggregator")
        {
            Description = "A trained aggregator, from 'workbook aggregator train'.",
            HelpName = "FILE.safetensors",
        };
        var suite = new Option<string>("--suite")
        {
            Description = "strong attacks every rule too, which takes minutes; none gives certificates alone.",
            DefaultValueFactory = _ => "strong",
        };
        suite.AcceptOnlyFromAmong("strong", "none");
        var radii = Options.Output(
            "FILE",
            "Writes each sample's answer and certified radius, rule by rule.",
            "--radius-csv"
        );
        var json = Options.Json();
        var command = new Command(
            "certify",
            "Certified accuracy of every aggregator, against a fixed set of clients and against any f per sample."
        )
        {
            corrupted,
            who,
            aggregator,
            suite,
            radii,
            json,
        };
        input.AddTo(command);
        command.SetAction(
            (parse, cancel) =>
                Task.Run(
                    () =>
                    {
                        using var answers = input.Read(parse);
                        return Certify(
                            answers,
                            parse.GetRequiredValue(corrupted),
                            parse.Given(who),
                            parse.GetValue(aggregator),
                            parse.GetRequiredValue(suite) == "strong",
                            parse.GetValue(radii),
                            parse.GetValue(json),
                            cancel
                        );
                    },
                    CancellationToken.None
                )
        );
        return command.WithExample(
            "./workbook certify data/probits/cifar10-a0.5-s0.npz --corrupted 4",
            "./workbook certify mine.npz --corrupted 4 --aggregator deepset.safetensors --suite none "
                + "--radius-csv radii.csv --json"
        );
    }

    static int Certify(
        InputEnsemble answers,
        int corrupted,
        int[]? who,
        string? aggregator,
        bool attack,
        string? radii,
        bool json,
        CancellationToken cancel
    )
    {
        var runner = CellRunner.OfWorkbook;
        var input = ComparedRules.Open(runner, answers, corrupted, who, aggregator);
        var rules = input.Rules;
        if (!input.HasValidation)
            Screen.Remark(
                $"{answers.Path} has no validation data (val_logits, val_labels): Constant is the best class of "
                    + $"the test labels"
                    + (attack ? "; CPA is left out" : "")
                    + (aggregator is null ? "; learned rules are left out, since they need --aggregator." : ".")
            );
        var certification = new Certification(runner, input.Ensemble, input.Threat);
        ComparedRules.SayWhatIsTrained(runner, certification.Cells(rules, attack));
        using var archive = runner.Ensembles.Open(input.Ensemble, null, cancel);
        var table = StageScreen.Watch(
            [answers.Title],
            screen =>
            {
                void Part(double from, double to, string stage, double done) =>
                    screen.Report(0, stage, from + (to - from) * done);
                var reports = certification.Run(rules, attack, (stage, done) => Part(0, 0.8, stage, done), cancel);
                var curve = certification.Curve(rules, false, (stage, done) => Part(0.8, 0.95, stage, done), cancel);
                var draws = certification.Draws(rules, false, (stage, done) => Part(0.95, 1, stage, done), cancel);
                return new CertificationTable(archive.Test, reports, curve, draws) { Names = answers.Names };
            }
        );
        if (radii is not null)
            RadiusFile.Write(
                radii,
                archive.Test.Labels.Integers(),
                rules
                    .Where(rule => rule.Threats.Contains(Adversary.Any))
                    .Select(rule => (rule.Rule.Label, certification.Predict(rule.Rule, archive)))
            );
        if (json)
        {
            Screen.Json(
                new
                {
                    rows = table.Rows(),
                    classes = table.Coverage(),
                    curve = table.Curve,
                    flags = table.Reports.SelectMany(report =>
                        report.Flags.Select(flag => new
                        {
                            report.Aggregator,
                            threat = ThreatName.Of(report.Adversary),
                            flag,
                        })
                    ),
                    draws = table.Draws.Select(entry => new
                    {
                        entry.Aggregator,
                        certified = entry.Draws.OfTables,
                        entry.Draws.Mean,
                        entry.Draws.Std,
                        entry.Draws.Others,
                    }),
                    best = Enum.GetValues<Adversary>()
                        .ToDictionary(ThreatName.Of, adversary => table.Best(adversary).Aggregator),
                    criterion = RuleScore.Criterion,
                    split = answers.Split is { } split ? new { split.Share, split.Seed } : null,
                    verdict = Enum.GetValues<Adversary>()
                        .ToDictionary(ThreatName.Of, adversary => VerdictOf(table, input, adversary).ToString()),
                }
            );
            return 0;
        }
        ResultDocument.Show(
            table.ToTable(
                $"{answers.FullTitle}: n = {input.Threat.Clients}, f = {corrupted}, "
                    + $"fixed set {string.Join(", ", input.Threat.Corrupted.Select(answers.Names.ClientWithNumber))}"
            )
        );
        ResultDocument.Show(table.ToCoverageTable());
        ResultDocument.Show(table.ToCurveTable());
        ResultDocument.Show(table.ToDrawsTable());
        foreach (var adversary in Enum.GetValues<Adversary>())
            Console.Out.WriteLine(table.Best(adversary).Verdict(ThreatName.InWords(adversary, corrupted)));
        foreach (var adversary in Enum.GetValues<Adversary>())
            Console.Out.WriteLine(VerdictOf(table, input, adversary));
        return 0;
    }

    static Verdict VerdictOf(CertificationTable table, ComparedRules input, Adversary adversary) =>
        Verdict.Of(input.Threat.Clients, adversary, [table.Reports], input.IsLearned);
}
