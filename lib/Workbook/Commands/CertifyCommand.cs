using System.CommandLine;
using RobustInference.Aggregators;
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
    // How much of the work is done where radii are still to be written.
    const double WithRadii = 0.7;

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
                        using var large = input.OpenLarge(parse);
                        using var answers = large is null ? input.Read(parse) : null;
                        return Certify(
                            answers,
                            large,
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
        InputEnsemble? answers,
        BlockedAnswers? large,
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
        var input = answers is not null
            ? ComparedRules.Open(runner, answers, corrupted, who, aggregator)
            : ComparedRules.Open(runner, large!, corrupted, who, aggregator, cancel);
        string path = answers?.Path ?? large!.Path,
            title = answers?.Title ?? Path.GetFileName(path);
        var names = answers?.Names ?? large!.Names;
        var rules = input.Rules;
        if (!input.HasValidation)
            Screen.Remark(
                $"{path} has no validation data (val_logits, val_labels): Constant is the best class of "
                    + $"the test labels"
                    + (attack ? "; CPA is left out" : "")
                    + (aggregator is null ? "; learned rules are left out, since they need --aggregator." : ".")
            );
        var certification = new Certification(
            runner,
            input.Ensemble,
            input.Threat,
            streamed: large is null ? null : new StreamedEvaluation(runner, large)
        );
        if (large is null)
            ComparedRules.SayWhatIsTrained(runner, certification.Cells(rules, attack));
        using var archive = large is null ? runner.Ensembles.Open(input.Ensemble, null, cancel) : null;
        IReadOnlyList<long> labels = archive?.Test.Labels.Integers() ?? large!.Labels;
        RuleUnderThreat[] withRadii = [.. rules.Where(rule => rule.Threats.Contains(Adversary.Any))];
        var table = StageScreen.Watch(
            [title],
            screen =>
            {
                double share = radii is null ? 1 : WithRadii;
                certification.RunAll(rules, attack, (stage, done) => screen.Report(0, stage, share * done), cancel);
                if (radii is not null)
                    RadiusFile.Write(
                        radii,
                        labels,
                        withRadii.Select(
                            (rule, i) =>
                                (
                                    rule.Rule.Label,
                                    Radii(
                                        rule.Rule,
                                        done =>
                                            screen.Report(
                                                0,
                                                $"radii of {rule.Rule.Label}",
                                                share + (1 - share) * (i + done) / withRadii.Length
                                            )
                                    )
                                )
                        )
                    );
                return new CertificationTable(
                    labels,
                    archive?.Test.Classes ?? large!.Classes,
                    certification.Run(rules, attack, null, cancel),
                    certification.Curve(rules, false, null, cancel),
                    certification.Draws(rules, false, null, cancel)
                )
                {
                    Names = names,
                };
            }
        );
        IEnumerable<Prediction> Radii(AggregatorSetting rule, Action<double> progress) =>
            archive is null ? certification.Predict(rule, progress, cancel) : certification.Predict(rule, archive);

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
                    split = answers?.Split is { } split ? new { split.Share, split.Seed } : null,
                    verdict = Enum.GetValues<Adversary>()
                        .ToDictionary(ThreatName.Of, adversary => VerdictOf(table, input, adversary).ToString()),
                }
            );
            return 0;
        }
        ResultDocument.Show(
            table.ToTable(
                $"{answers?.FullTitle ?? title}: n = {input.Threat.Clients}, f = {corrupted}, "
                    + $"fixed set {string.Join(", ", input.Threat.Corrupted.Select(names.ClientWithNumber))}"
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
