using System.CommandLine;
using RobustInference.Probits;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook clients subset</c>: some of an ensemble's answers, drawn at random, as a file small enough to
/// pass on.</summary>
public static class SubsetCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE.npz") { Description = "An ensemble's answers." };
        var validation = Options.Whole("--validation", 1, 500, "Validation samples to keep.");
        var test = Options.Whole("--test", 1, 1000, "Test samples to keep.");
        var seed = Options.Whole("--seed", 0, 0, "Of the draw.");
        var output = Options.RequiredOutput("FILE.npz", "The file to write.");
        var command = new Command(
            "subset",
            "Keep a random draw of an ensemble's samples, all clients and classes, as float16 logits."
        )
        {
            file,
            validation,
            test,
            seed,
            output,
        };
        command.SetAction(
            (parse, _) =>
                Task.Run(
                    () =>
                        Write(
                            parse.GetRequiredValue(file),
                            parse.GetRequiredValue(validation),
                            parse.GetResult(validation) is { Implicit: false },
                            parse.GetRequiredValue(test),
                            parse.GetRequiredValue(seed),
                            parse.GetRequiredValue(output)
                        ),
                    CancellationToken.None
                )
        );
        return command.WithExample(
            "./workbook clients subset cifar100.npz --validation 500 --test 1000 --out small.npz"
        );
    }

    static int Write(string file, int validation, bool asked, int test, long seed, string output)
    {
        using var whole = ProbitArchive.Read(file);
        if (asked && whole.Validation is null)
            throw new InvalidDataException(
                $"{file}: has no validation data (val_logits, val_labels), so --validation can keep none; leave it out"
            );
        using var subset = whole.Subset(validation, test, seed);
        subset.Write(output);
        Console.Out.WriteLine(
            $"{output}: {subset.Test.Samples:N0} of {whole.Test.Samples:N0} test samples"
                + (
                    subset.Validation is { } kept
                        ? $", {kept.Samples:N0} of {whole.Validation!.Samples:N0} validation samples"
                        : ""
                )
        );
        return 0;
    }
}
