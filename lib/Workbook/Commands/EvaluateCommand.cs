using System.CommandLine;
using RobustInference.Assessment;
using RobustInference.Catalogue;
using RobustInference.Evaluation;
using RobustInference.Inputs;
using RobustInference.Paper;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Running;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook evaluate FILE.npz</c>: Table 2 for anyone's ensemble.</summary>
public static class EvaluateCommand
{
    public static Command Create()
    {
        var input = new InputArguments();
        var corrupted = Options.RequiredWhole("--corrupted", 0, "Number of corrupted clients f (f < n/2).");
        var who = Options.Wholes(
            "--corrupted-clients",
            "Indices of the corrupted clients, counted from 0, such as 3,7,9,16 (default: drawn with seed 0)."
        );
        var aggregator = new Option<string?>("--aggregator")
        {
            Description = "A trained aggregator, from 'workbook aggregator train'.",
            HelpName = "FILE.safetensors",
        };
        var suite = new Option<string>("--suite")
        {
            Description =
                "paper is the paper's six attacks, strong also everything else that is known to work, in "
                + "sequence on what they leave.",
            DefaultValueFactory = _ => "paper",
        };
        suite.AcceptOnlyFromAmong("paper", "strong");
        var json = Options.Json();
        var command = new Command("evaluate", "Attack every aggregator on an ensemble's answers.")
        {
            corrupted,
            who,
            aggregator,
            suite,
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
                        return Evaluate(
                            answers,
                            large,
                            parse.GetRequiredValue(corrupted),
                            parse.Given(who),
                            parse.GetValue(aggregator),
                            parse.GetRequiredValue(suite) == "strong",
                            parse.GetValue(json),
                            cancel
                        );
                    },
                    CancellationToken.None
                )
        );
        return command.WithExample(
            "./workbook evaluate data/probits/cifar10-a0.5-s0.npz --corrupted 4",
            "./workbook evaluate data/probits/cifar10-a0.5-s0.npz --corrupted 4 --suite strong",
            "./workbook evaluate mine.npz --corrupted 4 --corrupted-clients 3,7,9,16 --aggregator "
                + "deepset.safetensors --json"
        );
    }

    static int Evaluate(
        InputEnsemble? answers,
        BlockedAnswers? large,
        int corrupted,
        int[]? who,
        string? aggregator,
        bool strong,
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
        if (!input.HasValidation)
            Screen.Remark(
                $"{path} has no validation data (val_logits, val_labels): CPA is left out"
                    + (aggregator is null ? ", and learned rules too, since they need --aggregator." : ".")
            );
        AttackSetting[] attacks =
        [
            .. AttackCatalog
                .Paper.Concat(AttackCatalog.Excluded)
                .Where(attack => input.HasValidation || !AttackCatalog.Named(attack).NeedsValidation),
        ];
        var cells = input
            .Rules.Where(rule => rule.Threats.Contains(Adversary.Fixed))
            .SelectMany(rule =>
                ExperimentCell.Grid(
                    input.Ensemble,
                    input.Threat,
                    0,
                    [rule.Rule],
                    [.. attacks, .. Judges(rule.Rule, strong)]
                )
            )
            .ToArray();
        if (large is null)
            ComparedRules.SayWhatIsTrained(runner, cells);
        var results = StageScreen.Watch(
            [title],
            screen =>
                large is null
                    ? runner.Run(cells, screen.Report, cancel)
                    : new StreamedEvaluation(runner, large).Run(
                        cells,
                        (stage, done) => screen.Report(0, stage, done),
                        cancel
                    )
        );
        var table = RobustnessTable.Of(runner, results, Path.GetFileNameWithoutExtension(title));
        ResultDocument.Show(
            table,
            $"{answers?.FullTitle ?? title}: n = {input.Threat.Clients}, f = {corrupted}, "
                + $"corrupted clients {string.Join(", ", input.Threat.Corrupted.Select(names.ClientWithNumber))}",
            json,
            compare: true,
            verdict: VerdictOf(table, input)
        );
        return 0;
    }

    /// <summary>The same figures as <c>certify</c> has for the fixed set.</summary>
    static Verdict VerdictOf(RobustnessTable table, ComparedRules input)
    {
        return Verdict.Of(
            input.Threat.Clients,
            Adversary.Fixed,
            [
                [
                    .. table
                        .Reports[0]
                        .Select(report => new CertificationReport(
                            report.Aggregator,
                            Adversary.Fixed,
                            input.Threat.Count,
                            report.Clean,
                            null,
                            Of(report, AttackId.Certified),
                            false,
                            Of(report, AttackId.StrongSuite),
                            []
                        )),
                ],
            ],
            input.IsLearned
        );

        static bool[]? Of(RobustnessReport report, string column) =>
            report.Excluded.FirstOrDefault(entry => entry.Attack == column).Right;
    }

    /// <summary>What judges a rule as a whole: the strong suite where it was asked for, and the certificate.</summary>
    static IEnumerable<AttackSetting> Judges(AggregatorSetting rule, bool strong)
    {
        var entry = RuleCatalog.Named(rule.Name);
        if (strong)
            yield return AttackId.StrongSuite;
        if (entry.Guarantee != RuleGuarantee.None)
            yield return AttackId.Certified;
    }
}
