using System.CommandLine;
using RobustInference.Results;
using RobustInference.Running;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook results verify</c>: whether what is recorded is what this machine finds.</summary>
public static class ResultsCommand
{
    public static Command Create() => new("results", "Check recorded results.") { CreateVerify() };

    static Command CreateVerify()
    {
        var count = Options.Whole("--cells", 1, 8, "How many cells, drawn at random.");
        var seed = Options.Whole("--seed", 0, 0, "Random seed of the draw.");
        var folders = Options.Ensembles();
        var json = Options.Json();
        var command = new Command(
            "verify",
            "Run some of the recorded cells anew, from nothing: rules are trained again, which takes up to some "
                + "minutes a cell. Says how many samples come out otherwise; exit code 2 if more than may."
        )
        {
            count,
            seed,
            folders,
            json,
        };
        command.SetAction(
            (parse, cancel) =>
                Task.Run(
                    () =>
                    {
                        var ensembles = EnsembleSource.OfWorkbook(parse.GetValue(folders));
                        var cells = ResultVerification.Draw(
                            new ResultStore(WorkbookFolder.RecordedResults).All().Select(file => file.Result),
                            ensembles,
                            parse.GetRequiredValue(count),
                            parse.GetRequiredValue(seed)
                        );
                        if (cells.Count == 0)
                            throw new FileNotFoundException(
                                "no ensemble of a recorded result is here; --ensembles says where to look"
                            );
                        var verified = StageScreen.Watch(
                            [
                                .. cells.Select(result =>
                                    $"{result.Cell.Ensemble.Name}, {result.Cell.Aggregator.Label}, "
                                    + result.Cell.Attack.Name
                                ),
                            ],
                            screen => ResultVerification.Run(cells, ensembles, screen.Report, cancel)
                        );
                        if (parse.GetValue(json))
                            Screen.Json(
                                new
                                {
                                    rows = verified.Select(cell => new
                                    {
                                        key = cell.Recorded.Configuration.Hash(),
                                        ensemble = cell.Recorded.Cell.Ensemble.Name,
                                        aggregator = cell.Recorded.Cell.Aggregator.Label,
                                        attack = cell.Recorded.Cell.Attack.Name,
                                        recorded = cell.Recorded.Accuracy,
                                        now = cell.Now.Accuracy,
                                        cell.Different,
                                        cell.Tolerance,
                                        cell.Holds,
                                    }),
                                }
                            );
                        else
                            ResultDocument.Show(ResultVerification.ToTable(verified));
                        return verified.All(cell => cell.Holds) ? 0 : ExitCode.BadInput;
                    },
                    CancellationToken.None
                )
        );
        return command.WithExample("./workbook results verify", "./workbook results verify --cells 2 --seed 7");
    }
}
