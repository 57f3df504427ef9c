using System.CommandLine;
using RobustInference.Files;
using RobustInference.Paper;
using RobustInference.Reporting;
using RobustInference.Running;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook figure 2</c>: the paper's figures as numbers and as a drawing. Recorded results are read;
/// what is missing is run and recorded.</summary>
public static class FigureCommand
{
    public static Command Create()
    {
        var number = new Argument<string>("number")
        {
            Description =
                "Which figure of the paper: 2 or 4 (DeepSet-TM against COPUR and manifold projection), 3 "
                + "(theory check).",
        };
        number.AcceptOnlyFromAmong("2", "3", "4");
        var dataset = new Option<string>("--dataset")
        {
            Description = "cifar10.",
            DefaultValueFactory = _ => "cifar10",
        };
        var seeds = Options.Wholes(
            "--seeds",
            "Random seeds, such as 0,1 (default: those that are recorded, or else at hand; Figure 3: 0)."
        );
        var profile = Options.Profile("full");
        var output = Options.Output("FILE.svg", "Also draw it into this file.");
        var json = Options.Json();
        var command = new Command(
            "figure",
            "Print a figure of the paper as numbers, and draw it. Recorded results are read; what is "
                + "missing is run where its ensemble is here."
        )
        {
            number,
            dataset,
            seeds,
            profile,
            output,
            json,
        };
        command.SetAction(
            (parse, cancel) =>
                Task.Run(
                    () =>
                    {
                        string figure = parse.GetRequiredValue(number),
                            images = parse.GetRequiredValue(dataset);
                        string? file = parse.GetValue(output);
                        if (file is not null && (Directory.Exists(file) || Path.GetExtension(file) != ".svg"))
                            throw new ArgumentException($"--out '{file}' must be the name of an .svg file");
                        long[]? chosen =
                            parse.Given(seeds)?.Select(seed => (long)seed).ToArray()
                            ?? (parse.GetRequiredValue(profile) == "quick" ? [0] : null);
                        return figure == "3"
                            ? Theory(images, chosen ?? [0], file, parse.GetValue(json), cancel)
                            : Logits(images, figure == "2" ? 0.5 : 0.3, chosen, file, parse.GetValue(json), cancel);
                    },
                    CancellationToken.None
                )
        );
        return command.WithExample(
            "./workbook figure 2",
            "./workbook figure 4 --seeds 0 --json",
            "./workbook figure 3 --out theory.svg"
        );
    }

    static int Logits(
        string dataset,
        double alpha,
        IReadOnlyList<long>? seeds,
        string? file,
        bool json,
        CancellationToken cancel
    )
    {
        var runner = CellRunner.OfWorkbook;
        seeds ??= PurificationFigure.Seeds(dataset, alpha, runner);
        if (seeds.Count == 0)
            throw new FileNotFoundException(
                FormattableString.Invariant(
                    $"no ensemble of {dataset} with α = {alpha} is here, and no results of one are recorded"
                )
            );
        var cells = PurificationFigure.Experiments(dataset, alpha, seeds).SelectMany(part => part.Cells());
        var results = StageScreen.Watch(
            [.. CellRunner.Groups(cells).Select(group => group[0].Ensemble.Name)],
            screen => PurificationFigure.Run(dataset, alpha, seeds, runner, screen.Report, cancel)
        );
        string title = PurificationFigure.Title(dataset, alpha);
        Draw(file, results.ToFigure(title));
        if (json)
            Screen.Json(new { rows = results.Points });
        else
            ResultDocument.Show(results.ToTable(title));
        return 0;
    }

    static int Theory(string dataset, IReadOnlyList<long> seeds, string? file, bool json, CancellationToken cancel)
    {
        var figure = StageScreen.Watch(
            ["theory check"],
            screen => TheoryCheckFigure.Run(dataset, seeds, (stage, done) => screen.Report(0, stage, done), cancel)
        );
        string title =
            $"Figure 3, {PublishedNumbers.PaperName(dataset)}: robustness gap of CWTM, n = "
            + $"{RobustnessExperiment.Clients}";
        Draw(file, figure.ToFigure(title));
        if (!json)
            ResultDocument.Show(figure.ToTable(title));
        else
            Screen.Json(
                new
                {
                    rows = figure.Curves.SelectMany(curve =>
                        curve.Points.Select(point => new
                        {
                            dataset,
                            curve.Alpha,
                            clients = RobustnessExperiment.Clients,
                            point.Corrupted,
                            point.Spread,
                            point.Margin,
                            point.Bound,
                            point.Gap,
                            seeds,
                        })
                    ),
                }
            );
        return 0;
    }

    static void Draw(string? file, Figure figure)
    {
        if (file is not null)
            AtomicFile.WriteText(file, figure.ToSvg());
    }
}
