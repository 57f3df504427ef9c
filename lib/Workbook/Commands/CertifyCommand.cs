using System.CommandLine;
using RobustInference.Aggregators;
using RobustInference.Catalogue;
using RobustInference.Paper;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Running;
using RobustInference.Training;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook certify FILE.npz</c>: what holds against every attack, for anyone's ensemble.</summary>
public static class CertifyCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE.npz")
        {
            Description =
                "An ensemble's answers: test_logits, test_labels and perhaps val_logits, val_labels; or logits or probits, and labels.",
        };
        var corrupted = Options.RequiredWhole("--corrupted", 0, "f, how many clients may lie; fewer than half.");
        var who = Options.Wholes(
            "--corrupted-clients",
            "The fixed set, counted from 0, such as 3,7,9,16; a draw with seed 0 unless given."
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
        var radii = new Option<string?>("--radius-csv")
        {
            Description = "Writes each sample's answer and certified radius, rule by rule.",
            HelpName = "FILE",
        };
        var json = Options.Json();
        var command = new Command(
            "certify",
            "What holds against every attack: certified accuracy of every aggregator, for a fixed set of liars and for any."
        )
        {
            file,
            corrupted,
            who,
            aggregator,
            suite,
            radii,
            json,
        };
        command.SetAction(
            (parse, cancel) =>
                Task.Run(
                    () =>
                        Certify(
                            parse.GetRequiredValue(file),
                            parse.GetRequiredValue(corrupted),
                            parse.Given(who),
                            parse.GetValue(aggregator),
                            parse.GetRequiredValue(suite) == "strong",
                            parse.GetValue(radii),
                            parse.GetValue(json),
                            cancel
                        ),
                    CancellationToken.None
                )
        );
        return command.WithExample(
            "./workbook certify data/probits/cifar10-a0.5-s0.npz --corrupted 4",
            "./workbook certify mine.npz --corrupted 4 --aggregator deepset.safetensors --suite none --radius-csv radii.csv --json"
        );
    }

    static int Certify(
        string file,
        int corrupted,
        int[]? who,
        string? aggregator,
        bool attack,
        string? radii,
        bool json,
        CancellationToken cancel
    )
    {
        if (radii is not null && Directory.Exists(radii))
            throw new ArgumentException($"--radius-csv '{radii}' is a folder; name a file");
        using var archive = ProbitArchive.Read(file);
        var threat = EvaluateCommand.Threat(archive.Test.Clients, corrupted, who);
        var given = aggregator is null ? null : EvaluateCommand.Trained(aggregator, archive.Test, threat);
        if (archive.Validation is null)
            Screen.Remark(
                $"{file} has no validation data (val_logits, val_labels): Constant is the best class of the test labels"
                    + (attack ? "; CPA is left out" : "")
                    + (aggregator is null ? "; learned rules are left out, since they need --aggregator." : ".")
            );
        var certification = new Certification(archive.Test, archive.Validation, threat, 0);
        var table = StageScreen.Watch(
            [Path.GetFileName(file)],
            screen =>
            {
                IReadOnlyList<RuleUnderThreat> rules = [.. certification.StaticRules(), .. Learned(screen)];
                var reports = certification.Run(rules, attack, (stage, done) => screen.Report(0, stage, done), cancel);
                var curve = certification.Curve(rules, cancel: cancel);
                if (radii is not null)
                    RadiusFile.Write(radii, certification, rules);
                return new CertificationTable(archive.Test, reports, curve, certification.Draws(rules, cancel: cancel));
            }
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
                        (report.Strong?.Flags ?? []).Select(flag => new
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
                }
            );
            return 0;
        }
        ResultDocument.Show(
            table.ToTable(
                $"{Path.GetFileName(file)}: n = {threat.Clients}, f = {threat.Count}, fixed set {string.Join(", ", threat.Corrupted)}"
            )
        );
        ResultDocument.Show(table.ToCoverageTable());
        ResultDocument.Show(table.ToCurveTable());
        ResultDocument.Show(table.ToDrawsTable());
        return 0;

        IReadOnlyList<RuleUnderThreat> Learned(StageScreen screen) =>
            given is not null ? [new(given.Rule)]
            : archive.Validation is null ? []
            : certification.LearnedRules(
                WorkbookFolder.TrainedAggregators,
                (stage, done) => screen.Report(0, stage, done),
                cancel
            );
    }
}
