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
            (parse, cancel) =>
                Task.Run(
                    () =>
                    {
                        using var large = input.OpenLarge(parse);
                        if (large is not null)
                            return InspectLarge(input, parse, large, parse.GetValue(json), cancel);
                        using var answers = input.Read(parse);
                        return Inspect(answers, parse.GetValue(json));
                    },
                    CancellationToken.None
                )
        );
        return command.WithExample(
            "./workbook inspect data/probits/cifar10-a0.5-s0.npz",
            "./workbook inspect answers.csv --split 0.5",
            "./workbook inspect north.npy south.npy east.npy labels.npy --strict --json"
        );
    }

    static int Inspect(InputEnsemble input, bool json)
    {
        var facts = InputFacts.Of(input);
        return Show(
            facts,
            ClientFacts.Of(input.Archive.Test, input.Names),
            Doctor.Examine(facts),
            (input.Path, input.Title, input.Understood),
            input.HasLogits,
            input.Split is { } split ? new { split.Share, split.Seed } : null,
            json
        );
    }

    static int InspectLarge(
        InputArguments arguments,
        ParseResult parse,
        BlockedAnswers input,
        bool json,
        CancellationToken cancel
    )
    {
        var clients = new ClientScan(input.Clients, input.Classes);
        string title = Path.GetFileName(input.Path);
        var facts = StageScreen.Watch(
            [title],
            screen =>
            {
                int seen = 0;
                return InputFacts.Of(
                    input,
                    block =>
                    {
                        clients.Add(block);
                        seen += block.Samples;
                        screen.Report(0, $"samples up to {seen:N0}", (double)seen / input.Samples);
                    },
                    cancel
                );
            }
        );
        var findings = Doctor.Examine(facts);
        arguments.Say(parse, input.Path, findings);
        return Show(
            facts,
            clients.ToFacts(input.Names),
            findings,
            (input.Path, title, ""),
            input.HasLogits,
            null,
            json
        );
    }

    static int Show(
        InputFacts facts,
        IReadOnlyList<ClientFacts> clients,
        IReadOnlyList<Finding> findings,
        (string Path, string Title, string Understood) input,
        bool logits,
        object? split,
        bool json
    )
    {
        var balance = ClassBalance.Of(facts);
        int? validation = facts.ValidationLabels?.Sum();
        string answers =
            facts.HasVotes ? "votes"
            : logits ? "logits"
            : "probabilities";
        if (json)
        {
            Screen.Json(
                new
                {
                    input = input.Path,
                    understood = input.Understood,
                    test_samples = facts.Test.Samples,
                    validation_samples = validation,
                    clients = facts.Clients,
                    classes = facts.Classes,
                    answers,
                    split,
                    per_client = clients,
                    per_class = balance,
                    findings,
                }
            );
            return 0;
        }
        Console.Out.WriteLine(
            FormattableString.Invariant($"{input.Title}: {facts.Test.Samples:N0} test and ")
                + FormattableString.Invariant($"{validation ?? 0:N0} validation samples, ")
                + $"{facts.Clients} clients, {facts.Classes} classes, {answers}"
        );
        Console.Out.WriteLine();
        ResultDocument.Show(Table(clients));
        ResultDocument.Show(Table(balance));
        Console.Out.WriteLine(
            findings.Count is 0 ? "Nothing is suspicious." : "What is suspicious is said above, a line each."
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
