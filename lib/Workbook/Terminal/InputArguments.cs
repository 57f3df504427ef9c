using System.CommandLine;
using RobustInference.Inputs;
using RobustInference.Results;
using RobustInference.Running;
using RobustInference.Tabular;

namespace Workbook.Terminal;

/// <summary>The argument and the options by which every verb takes an ensemble's answers.</summary>
public sealed class InputArguments
{
    readonly Argument<string[]> files = new("FILE")
    {
        Description =
            "An ensemble's answers: .npz, .npy, .safetensors, .pth, .csv or .parquet; a folder or list with a file a "
            + "client; see docs/inputs.md. Or the name of an ensemble that is here, such as cifar10-a0.5-s0.",
        Arity = ArgumentArity.OneOrMore,
    };

    readonly Option<string?> probits = Text(
            "--probits",
            "NAME",
            "The array, or in a long table the column, of the answers."
        ),
        labels = Text("--labels", "NAME", "The array or column of the labels, or a file of them."),
        axes = Text("--axes", "A,A,A", "Order of the axes, such as clients,samples,classes."),
        validation = Text("--validation", "FILE", "A further input of the same kind: the validation data.");

    readonly Option<bool> logits = new("--logits") { Description = "The answers are logits, whatever they look like." },
        strict = new("--strict") { Description = "Stop at whatever is suspicious." };

    readonly Option<int?> labelsFrom = Options.WholeIfGiven(
        "--labels-from",
        0,
        "Number of the first class in labels, 0 or 1 (default: 1 where no label is 0 and one is K)."
    );

    readonly Option<double?> split = Options.NumberIfGiven(
        "--split",
        share => share is > 0 and < 1,
        "above 0 and under 1",
        "Share of the samples of each class that becomes validation data."
    );

    readonly Option<int> splitSeed = Options.Whole("--split-seed", 0, 0, "Random seed of the split.");

    /// <summary>Adds argument and options to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(files);
        foreach (
            Option option in new Option[]
            {
                probits,
                labels,
                axes,
                logits,
                labelsFrom,
                validation,
                split,
                splitSeed,
                strict,
            }
        )
            command.Add(option);
    }

    /// <summary>The answers in blocks, where they are too many to hold in memory; null for all others.</summary>
    public BlockedAnswers? OpenLarge(ParseResult parse)
    {
        var answers = BlockedAnswers.Open(Paths(parse), OptionsOf(parse));
        if (answers is { Understood: not "" })
            Screen.Remark(answers.Understood);
        if (answers is not null)
            Screen.Remark(
                $"{answers.Path}: {answers.Samples:N0} samples are read in blocks of " + $"{answers.BlockSamples:N0}."
            );
        return answers;
    }

    /// <summary>Reads the answers; says on standard error what was understood, and once what is suspicious.</summary>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="InvalidDataException">They cannot be read, or <c>--strict</c> was given and something is
    /// suspicious.</exception>
    public InputEnsemble Read(ParseResult parse)
    {
        string[] paths = Paths(parse);
        var options = OptionsOf(parse);
        var input = TableReader.Inputs.Read(paths, options);
        try
        {
            if (input.Understood != "")
                Screen.Remark(input.Understood);
            Say(parse, input.Path, Doctor.Examine(input));
            return input;
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    /// <summary>Says on standard error what is suspicious.</summary>
    /// <exception cref="InvalidDataException"><c>--strict</c> was given, and something is.</exception>
    public void Say(ParseResult parse, string path, IReadOnlyList<Finding> findings)
    {
        foreach (var finding in findings)
        {
            if (parse.GetValue(strict))
                throw new InvalidDataException($"{path}: {finding}");
            Screen.Remark($"Suspicious: {path}: {finding}.");
        }
    }

    string[] Paths(ParseResult parse) => [.. parse.GetRequiredValue(files).Select(Place)];

    // An ensemble that is embedded, or that `data fetch ensembles` brought, is known by its name wherever one stands.
    static string Place(string given)
    {
        if (File.Exists(given) || Directory.Exists(given) || given != Path.GetFileName(given))
            return given;
        string file = given.EndsWith(".npz", StringComparison.OrdinalIgnoreCase) ? given : given + ".npz";
        return WorkbookFolder.Ensembles.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists)
            ?? given;
    }

    InputOptions OptionsOf(ParseResult parse)
    {
        if (parse.GetValue(labelsFrom) is > 1 and var first)
            throw new ArgumentException($"--labels-from is {first}; it must be 0 or 1");
        return new InputOptions
        {
            Probits = parse.GetValue(probits),
            Labels = parse.GetValue(labels),
            Axes = parse.GetValue(axes),
            Logits = parse.GetValue(logits),
            LabelsFrom = parse.GetValue(labelsFrom),
            Validation = parse.GetValue(validation),
            Split = parse.GetValue(split),
            SplitSeed = parse.GetRequiredValue(splitSeed),
            Strict = parse.GetValue(strict),
        };
    }

    static Option<string?> Text(string name, string help, string description) =>
        new(name) { Description = description, HelpName = help };
}
