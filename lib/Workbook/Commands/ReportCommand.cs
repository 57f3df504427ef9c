using System.CommandLine;
using RobustInference.Assessment;
using RobustInference.Files;
using RobustInference.Inputs;
using RobustInference.Running;
using Workbook.Reports;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook report FILE</c>: a verdict on an ensemble, and a page that shows why.</summary>
public static class ReportCommand
{
    public static Command Create()
    {
        var input = new InputArguments();
        var corrupted = Options.Wholes("--corrupted", "Numbers of corrupted clients f, such as 1,2 (f < n/2).");
        corrupted.Required = true;
        var aggregator = new Option<string?>("--aggregator")
        {
            Description = "A trained aggregator, in the place of training one.",
            HelpName = "FILE.safetensors",
        };
        var train = new Option<string>("--train")
        {
            Description =
                "none, quick (a few passes) or full (as 'aggregator train' with --kind certified and --kind vote); "
                + "clients are calibrated in full by both.",
            DefaultValueFactory = _ => "quick",
        };
        train.AcceptOnlyFromAmong("none", "quick", "full");
        var attacked = Options.Whole(
            "--attacked",
            0,
            500,
            "How many test samples the strong suite attacks where no certificate is exact."
        );
        var output = new Option<string?>("--out")
        {
            Description = "The page to write (default: NAME-report.html; none with --json).",
            HelpName = "FILE.html",
        };
        var json = Options.Json();
        var command = new Command(
            "report",
            "Say how far an ensemble can be trusted and which rule to use, on one page with pictures."
        )
        {
            corrupted,
            aggregator,
            train,
            attacked,
            output,
            json,
        };
        input.AddTo(command);
        command.SetAction(
            (parse, cancel) =>
                Task.Run(
                    () =>
                    {
                        int[] all = parse.Given(corrupted)?.Order().ToArray() ?? [1];
                        if (parse.GetValue(output) is { } folder && Directory.Exists(folder))
                            throw new ArgumentException($"--out '{folder}' is a folder; name a file");
                        using var large = input.OpenLarge(parse);
                        using var answers = large is null ? input.Read(parse) : null;
                        return Report(
                            answers,
                            large,
                            findings => input.Say(parse, large!.Path, findings),
                            new ReportOptions(
                                all,
                                parse.GetRequiredValue(train) switch
                                {
                                    "none" => ReportTraining.None,
                                    "full" => ReportTraining.Full,
                                    _ => ReportTraining.Quick,
                                },
                                parse.GetValue(aggregator),
                                parse.GetRequiredValue(attacked)
                            ),
                            parse.GetValue(output),
                            parse.GetValue(json),
                            cancel
                        );
                    },
                    CancellationToken.None
                )
        );
        return command.WithExample(
            "./workbook report data/probits/cifar10-a0.5-s0.npz --corrupted 1,2",
            "./workbook report answers.csv --split 0.5 --corrupted 1,2 --out report.html --json"
        );
    }

    static int Report(
        InputEnsemble? input,
        BlockedAnswers? large,
        Action<IReadOnlyList<Finding>> say,
        ReportOptions options,
        string? output,
        bool json,
        CancellationToken cancel
    )
    {
        string path = input?.Path ?? large!.Path,
            title = input?.Title ?? large!.Title;
        if ((input is null ? large!.Validation : input.Archive.Validation) is null && options.Aggregator is null)
            Screen.Remark(
                $"{path} has no validation data, so that nothing is trained; --split 0.5 makes a part of it."
            );
        var assessment = input is not null
            ? new EnsembleAssessment(CellRunner.OfWorkbook, input, options)
            : new EnsembleAssessment(CellRunner.OfWorkbook, large!, options);
        foreach (var (rule, file) in assessment.ToTrain())
            Screen.Remark($"Training {rule}; kept in {Path.GetRelativePath(Environment.CurrentDirectory, file)}.");
        var report = StageScreen.Watch(
            [title],
            screen =>
                assessment.Run(
                    (stage, done) => screen.Report(0, stage, done),
                    cancel,
                    // Of answers in memory it was said when they were read.
                    large is null
                        ? null
                        : say
                )
        );
        if (output is not null || !json)
        {
            output ??= Path.GetFileNameWithoutExtension(title) + "-report.html";
            AtomicFile.WriteText(output, ReportPage.Render(report, options));
        }
        if (json)
            Screen.Json(ReportDocument.Of(report, options));
        else
        {
            Console.Out.WriteLine(report.Verdict);
            Console.Out.WriteLine($"{output}: written");
        }
        return 0;
    }
}
