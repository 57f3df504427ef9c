using System.CommandLine;
using RobustInference.Assessment;
using RobustInference.Inputs;
using RobustInference.Reporting;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook inspect FILE</c>: what is in a file of answers, and what is suspicious about it.</summary>
public static class InspectCommand
{
    public static Command Create()
    {
        var input = new InputArguments();
        var json = Options.Json();
        var command = new Command(
            "inspect",
            "Say what a file of answers holds, what each client is like, and what is suspicious."
        )
        {
            json,
        };
        input.AddTo(command);
        command.SetAction(
            (parse, _) =>
                Task.Run(() =>
                {
                    using var answers = input.Read(parse);
                    return Inspect(answers, parse.GetValue(json));
                })
        );
        return command.WithExample(
            "./workbook inspect data/probits/cifar10-a0.5-s0.npz",
            "./workbook inspect answers.csv --split 0.5",
            "./workbook inspect north.npy south.npy east.npy labels.npy --strict --json"
        );
    }

    static int Inspect(InputEnsemble input, bool json)
    {
        var (archive, test) = (input.Archive, input.Archive.Test);
        var clients = ClientFacts.Of(test, input.Names);
        var balance = ClassBalance.Of(archive);
        if (json)
        {
            Screen.Json(
                new
                {
                    input = input.Path,
                    understood = input.Understood,
                    test_samples = test.Samples,
                    validation_samples = archive.Validation?.Samples,
                    clients = test.Clients,
                    classes = test.Classes,
                    answers = input.HasVotes ? "votes"
                    : input.HasLogits ? "logits"
                    : "probabilities",
                    split = input.Split is { } split ? new { split.Share, split.Seed } : null,
                    per_client = clients,
                    per_class = balance,
                    findings = Doctor.Examine(input),
                }
            );
            return 0;
        }
        Console.Out.WriteLine(
            FormattableString.Invariant($"{input.Title}: {test.Samples:N0} test and ")
                + FormattableString.Invariant($"{archive.Validation?.Samples ?? 0:N0} validation samples, ")
                + $"{test.Clients} clients, {test.Classes} classes, "
                + (
                    input.HasVotes ? "votes"
                    : input.HasLogits ? "logits"
                    : "probabilities"
                )
        );
        Console.Out.WriteLine();
        ResultDocument.Show(Table(clients));
        ResultDocument.Show(Table(balance));
        Console.Out.WriteLine(
            Doctor.Examine(input).Count is 0
                ? "Nothing is suspicious."
                : "What is suspicious is said above, a line each."
        );
        return 0;
    }

    static Table Table(IReadOnlyList<ClientFacts> clients) =>
        new(
            "Clients on the test samples, %",
            [
                "Client",
                Column.OfNumbers("Accuracy"),
                Column.OfNumbers("±"),
                Column.OfNumbers("Calibration error"),
                Column.OfNumbers("Agreement"),
            ],
            [
                .. clients.Select(client =>
                    (IReadOnlyList<Cell>)
                        [
                            client.Name,
                            Cell.OfPercent(client.Accuracy.Value),
                            Cell.OfPercent((client.Accuracy.High - client.Accuracy.Low) / 2),
                            Cell.OfPercent(client.CalibrationError),
                            Cell.OfPercent(client.Agreement),
                        ]
                ),
            ],
            [
                "Calibration error: expected difference of confidence and accuracy, over 15 bins. Agreement: how "
                    + "often a "
                    + "client answers as most of the others.",
            ]
        );

    static Table Table(IReadOnlyList<ClassBalance> classes) =>
        new(
            "Samples of each class",
            ["Class", Column.OfNumbers("Test"), Column.OfNumbers("Validation")],
            [
                .. classes.Select(row =>
                    (IReadOnlyList<Cell>)[row.Name, Cell.Of(row.Test, "0"), Cell.Of(row.Validation, "0")]
                ),
            ]
        );
}
