using System.CommandLine;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Training;
using Spectre.Console;
using Workbook.Benchmarks;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook bench NAME</c>: what the short ways give over the plain ones, measured in one process on one
/// torch thread.</summary>
public static class BenchCommand
{
    static readonly Dictionary<string, Func<IReadOnlyList<BenchmarkRow>>> Benchmarks = new()
    {
        ["order-statistics"] = OrderStatisticsBenchmark.Run,
        ["adversarial-training"] = () =>
        {
            using var archive = Embedded();
            return AdversarialTrainingBenchmark.Run(archive.Validation!);
        },
        ["attacks"] = () =>
        {
            using var archive = Embedded();
            using var network = new AdversarialTraining(new DeepSetRecipe(Corrupted: 4, Passes: 10)).Train(
                archive.Validation!
            );
            return AttacksBenchmark.Run(archive.Test, network);
        },
        ["certificates"] = () =>
        {
            using var archive = Embedded();
            return CertificatesBenchmark.Run(archive.Test, corrupted: 4);
        },
        ["strong-suite"] = () =>
        {
            using var archive = Embedded();
            using var network = new DeepSetCache(WorkbookFolder.TrainedAggregators).Get(
                new DeepSetRecipe(Corrupted: 4),
                archive.Validation!
            );
            return StrongSuiteBenchmark.Run(archive, network);
        },
        ["clients"] = ClientsBenchmark.Run,
        ["purification"] = PurificationBenchmark.Run,
        ["bootstrap"] = BootstrapBenchmark.Run,
        ["device"] = DeviceBenchmark.Run,
    };

    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = string.Join(", ", Benchmarks.Keys) };
        name.AcceptOnlyFromAmong([.. Benchmarks.Keys]);
        var json = Options.Json();
        var command = new Command(
            "bench",
            "Measure what the short ways give over the plain ones. Ratios compare; seconds depend on the machine."
        )
        {
            name,
            json,
        };
        command.SetAction(parse =>
        {
            var rows = Benchmarks[parse.GetRequiredValue(name)]();
            if (parse.GetValue(json))
                Screen.Json(new { rows });
            else
                Show(rows);
            return 0;
        });
        return command.WithExample("./workbook bench order-statistics", "./workbook bench adversarial-training --json");
    }

    static ProbitArchive Embedded() => ProbitArchive.Read(WorkbookFolder.Probits("cifar10", 0.5, 0));

    static void Show(IReadOnlyList<BenchmarkRow> rows)
    {
        var table = new Spectre.Console.Table()
            .Border(TableBorder.Minimal)
            .HideHeaders()
            .AddColumn("")
            .AddColumn(new TableColumn("").RightAligned())
            .AddColumn("");
        foreach (var row in rows)
            table.AddRow(
                new Text(row.Name),
                new Text(
                    row.Value.ToString(row.Value < 10 ? "F2" : "F1", System.Globalization.CultureInfo.InvariantCulture)
                ),
                new Text(row.Unit)
            );
        Screen.Results.Write(table);
    }
}
