using System.CommandLine;
using RobustInference.Reporting;
using RobustInference.Results;
using RobustInference.Running;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook sweep</c>: a grid of experiments, on this machine or on a Slurm cluster; what is recorded is
/// never run again.</summary>
public static class SweepCommand
{
    public static Command Create() =>
        new(
            "sweep",
            "Run a grid of ensembles, aggregators and attacks. Every cell is recorded as it ends; "
                + "whatever stops a sweep, the next start goes on from there."
        )
        {
            CreatePlan(),
            CreateRun(),
            SweepSubmit.Create(),
            CreateStatus(),
            CreateCollect(),
        };

    static Command CreatePlan()
    {
        var (grid, folders, data, json) = (Grid(), Options.Ensembles(), Options.Data(), Options.Json());
        var command = new Command(
            "plan",
            "List a grid's cells by ensemble, which are recorded, and what the rest is likely to take."
        )
        {
            grid,
            folders,
            data,
            json,
        };
        command.SetAction(
            (parse, _) =>
                Task.Run(
                    () =>
                    {
                        var sweep = Open(
                            parse.GetRequiredValue(grid),
                            parse.GetValue(folders),
                            parse.GetRequiredValue(data)
                        );
                        var plan = sweep.Plan();
                        if (parse.GetValue(json))
                        {
                            var recorded = sweep.Recorded();
                            Screen.Json(
                                new
                                {
                                    rows = plan.Select(Row),
                                    cells = sweep.Groups.SelectMany(
                                        (group, index) =>
                                            group.Select(cell => new
                                            {
                                                group = index,
                                                ensemble = cell.Ensemble.Name,
                                                cell.Corrupted,
                                                cell.Draw,
                                                aggregator = cell.Aggregator.Name,
                                                aggregator_settings = cell.Aggregator.Settings,
                                                attack = cell.Attack.Name,
                                                attack_settings = cell.Attack.Settings,
                                                done = recorded.Contains(cell),
                                            })
                                    ),
                                }
                            );
                            return 0;
                        }
                        ResultDocument.Show(Shown(parse.GetRequiredValue(grid), plan));
                        return 0;
                    },
                    CancellationToken.None
                )
        );
        return command.WithExample("./workbook sweep plan grid.json", "./workbook sweep plan grid.json --json");
    }

    static Command CreateRun()
    {
        var (grid, folders, data, json) = (Grid(), Options.Ensembles(), Options.Data(), Options.Json());
        var groups = Options.Wholes("--group", "Only these groups of the plan, such as 0,3 (default: all).");
        var command = new Command(
            "run",
            "Run what is missing, on this machine. Ctrl-C keeps what is finished; several processes may run one grid."
        )
        {
            grid,
            groups,
            folders,
            data,
            json,
        };
        command.SetAction(
            (parse, cancel) =>
                Task.Run(
                    () =>
                        Run(
                            Open(parse.GetRequiredValue(grid), parse.GetValue(folders), parse.GetRequiredValue(data)),
                            Path.GetFileNameWithoutExtension(parse.GetRequiredValue(grid)),
                            parse.Given(groups),
                            parse.GetValue(json),
                            cancel
                        ),
                    CancellationToken.None
                )
        );
        return command.WithExample(
            "./workbook sweep run grid.json",
            "./workbook sweep run grid.json --group 0,1 --data ~/datasets"
        );
    }

    static int Run(Sweep sweep, string name, int[]? groups, bool json, CancellationToken cancel)
    {
        using var again = new StopSignal(cancel);
        try
        {
            var results = SweepScreen.Watch(name, report => sweep.Run(groups, report, again.Token));
            if (json)
                Screen.Json(
                    new
                    {
                        cells = results.Count,
                        rows = results.Select(result => new
                        {
                            ensemble = result.Cell.Ensemble.Name,
                            result.Cell.Corrupted,
                            result.Cell.Draw,
                            aggregator = result.Cell.Aggregator.Name,
                            attack = result.Cell.Attack.Name,
                            result.Accuracy,
                            key = result.Configuration.Hash(),
                        }),
                    }
                );
            else
                Console.Out.WriteLine(
                    $"{results.Count:N0} cells are recorded; 'workbook sweep collect' puts them into one file"
                );
            return 0;
        }
        catch (OperationCanceledException)
        {
            Screen.Remark("Finished cells are kept; the same command goes on from there.");
            if (again.WasSent)
                return ErrorReporter.Report("stopped by SIGUSR2", ExitCode.Again);
            throw;
        }
    }

    static Command CreateStatus()
    {
        var (grid, folders, data, json) = (Grid(), Options.Ensembles(), Options.Data(), Options.Json());
        var command = new Command(
            "status",
            "Where every group of a grid stands: done, running, open, or without its ensemble."
        )
        {
            grid,
            folders,
            data,
            json,
        };
        command.SetAction(
            (parse, _) =>
                Task.Run(
                    () =>
                    {
                        var plan = Open(
                                parse.GetRequiredValue(grid),
                                parse.GetValue(folders),
                                parse.GetRequiredValue(data)
                            )
                            .Plan();
                        if (parse.GetValue(json))
                            Screen.Json(
                                new
                                {
                                    rows = plan.Select(Row),
                                    cells = plan.Sum(group => group.Cells),
                                    done = plan.Sum(group => group.Done),
                                }
                            );
                        else
                            ResultDocument.Show(Shown(parse.GetRequiredValue(grid), plan));
                        return 0;
                    },
                    CancellationToken.None
                )
        );
        return command.WithExample("./workbook sweep status grid.json");
    }

    static Command CreateCollect()
    {
        var grid = new Argument<string?>("GRID.json")
        {
            Description = "Only this grid's cells (default: everything that is recorded).",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var (folders, data, json) = (Options.Ensembles(), Options.Data(), Options.Json());
        var output = Options.RequiredOutput("FILE.parquet|FILE.csv", "The file to write.");
        var command = new Command(
            "collect",
            "Write recorded cells into one Parquet or CSV file, without times: two sweeps of the same "
                + "grid give the same bytes."
        )
        {
            grid,
            output,
            folders,
            data,
            json,
        };
        command.SetAction(
            (parse, _) =>
                Task.Run(
                    () =>
                    {
                        string file = parse.GetRequiredValue(output);
                        var (rows, missing) = parse.GetValue(grid) is { } path
                            ? Open(path, parse.GetValue(folders), parse.GetRequiredValue(data)).Collect(file)
                            : Everything(file);
                        if (missing > 0)
                            Screen.Remark($"{missing:N0} cells of the grid are not recorded yet.");
                        if (parse.GetValue(json))
                            Screen.Json(
                                new
                                {
                                    file,
                                    rows,
                                    missing,
                                }
                            );
                        else
                            Console.Out.WriteLine($"{file}: {rows:N0} rows");
                        return 0;
                    },
                    CancellationToken.None
                )
        );
        return command.WithExample(
            "./workbook sweep collect grid.json --out results.parquet",
            "./workbook sweep collect --out everything.csv"
        );
    }

    static (int Rows, int Missing) Everything(string file)
    {
        using var results = RecordedResults.Open();
        results.Collect(file);
        return (results.Cells.Count, 0);
    }

    /// <summary>The argument that all verbs of a sweep share.</summary>
    internal static Argument<string> Grid() =>
        new("GRID.json") { Description = "An experiment: id, title, ensembles, aggregators, attacks." };

    /// <summary>A grid on the workbook's folders.</summary>
    internal static Sweep Open(string grid, string[]? folders, string data) =>
        new(
            Experiment.Read(grid),
            ResultStore.OfWorkbook,
            EnsembleSource.OfWorkbook(folders, data),
            WorkbookFolder.TrainedAggregators
        );

    static object Row(SweepGroup group) =>
        new
        {
            group = group.Index,
            ensemble = group.Ensemble.Name,
            trained = group.Ensemble.Recipe is not null,
            group.Cells,
            group.Done,
            state = Word(group.State),
            group.SecondsLeft,
        };

    static string Word(SweepState state) =>
        state switch
        {
            SweepState.Done => "done",
            SweepState.Running => "running",
            SweepState.Open => "open",
            _ => "no ensemble",
        };

    static Table Shown(string grid, IReadOnlyList<SweepGroup> plan)
    {
        double? left = plan.Sum(group => group.SecondsLeft ?? 0);
        bool unknown = plan.Any(group => group.SecondsLeft is null);
        return new Table(
            $"{Path.GetFileName(grid)}: {plan.Sum(group => group.Cells):N0} cells, "
                + $"{plan.Sum(group => group.Done):N0} recorded",
            [
                Column.OfNumbers("Group"),
                "Ensemble",
                Column.OfNumbers("Cells"),
                Column.OfNumbers("Recorded"),
                "State",
                Column.OfNumbers("Left, one thread"),
            ],
            [
                .. plan.Select(group =>
                    (IReadOnlyList<Cell>)
                        [
                            $"{group.Index}",
                            group.Ensemble.Name,
                            $"{group.Cells}",
                            $"{group.Done}",
                            Word(group.State),
                            SweepScreen.Span(group.SecondsLeft) ?? "unknown",
                        ]
                ),
            ],
            [
                unknown
                    ? "Nothing like some of the cells is recorded, so what they take is not known."
                    : $"By recorded runs about {SweepScreen.Span(left)} are left on one thread"
                        + (plan.Any(TrainsClients) ? "; training the clients comes on top." : "."),
            ]
        );
    }

    static bool TrainsClients(SweepGroup group) => group.State != SweepState.Done && group.Ensemble.Recipe is not null;
}
