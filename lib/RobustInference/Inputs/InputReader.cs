using RobustInference.Probits;

namespace RobustInference.Inputs;

/// <summary>Reads an ensemble's answers from any file: finds the arrays, turns their axes, and says what it took for
/// what.</summary>
/// <param name="readers">The formats that are read.</param>
public sealed class InputReader(ArrayReaders readers)
{
    /// <summary>With the core's own formats.</summary>
    public static InputReader Core { get; } = new(ArrayReaders.Core);

    /// <summary>Reads a file, a folder of files, or a list of files.</summary>
    /// <param name="paths">One file or folder, or a file a client and one with labels.</param>
    /// <param name="options">What the user says of them.</param>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="InvalidDataException">It cannot be read or understood: one line with file, place, reason and
    /// cure.</exception>
    /// <exception cref="FileNotFoundException">A file is not there.</exception>
    public InputEnsemble Read(IReadOnlyList<string> paths, InputOptions options)
    {
        string place = string.Join(", ", paths);
        try
        {
            return Understand(paths, options);
        }
        catch (InvalidDataException e)
        {
            string line =
                e.Message.StartsWith(place, StringComparison.Ordinal) || paths.Any(e.Message.StartsWith)
                    ? e.Message
                    : $"{place}: {e.Message}";
            throw new InvalidDataException(line + Cure(line), e);
        }
    }

    InputEnsemble Understand(IReadOnlyList<string> paths, InputOptions options)
    {
        var source = readers.Open(paths, options);
        var roles = InputRoles.Of(source, options);
        var test = RawPart.Read(source, roles.Test, () => LabelsOf(options));
        var validation =
            options.Validation is { } other ? Other(other, options)
            : roles.Validation is null ? null
            : RawPart.Read(source, roles.Validation, () => LabelsOf(options));
        RawPart[] parts = validation is null ? [test] : [test, validation];
        var axes = parts.Select(part => AxesOf(part, options)).ToArray();
        var turned = axes[0].Turn(test.Shape);
        bool votes = test.Votes is not null;
        int? classes = votes ? null : (int)turned[2];
        var classNames = roles.ClassNames is { } named ? Names(source, named.Name) : null;
        var clientNames = roles.ClientNames is { } clients ? Names(source, clients.Name) : NamesOf(roles.Test.Answers);
        if (classNames is not null && classes is { } wanted)
            _ = EnsembleNames.Checked(roles.ClassNames!.Name, classNames, wanted);
        var codes = LabelCodes.Of(
            [.. parts.Select(part => part.Labels), .. parts.Select(part => part.Votes).OfType<RawLabels>()],
            classes,
            classNames,
            options.LabelsFrom
        );
        ProbitSet? answers = null,
            held = null;
        try
        {
            answers = SetOf(test, axes[0], codes, options, out bool logits);
            held = validation is null ? null : SetOf(validation, axes[1], codes, options, out _);
            if (held is not null && (held.Clients, held.Classes) != (answers.Clients, answers.Classes))
                throw new InvalidDataException(
                    $"validation has {held.Clients} clients and {held.Classes} "
                        + $"classes, test {answers.Clients} and {answers.Classes}; both must be of the same ensemble"
                );
            var names = new EnsembleNames(
                EnsembleNames.Checked("the clients", clientNames, answers.Clients),
                EnsembleNames.Checked("the classes", codes.Names, answers.Classes)
            );
            bool changed =
                roles.IsGuessed
                || options != InputOptions.None with { Strict = options.Strict }
                || votes
                || axes.Any(axis => !axis.IsUsual)
                || codes.First != 0
                || parts.Any(part => part.Labels.Texts is not null || part.Labels.IsConverted)
                || source is not { Form: "an .npz archive" };
            if (held is not null && !changed)
                held = WithViews(source, held);
            var archive = new ProbitArchive(held, answers) { Names = names };
            (answers, held) = (null, null);
            var input = new InputEnsemble(string.Join(", ", paths), archive)
            {
                IsDocumentedForm = !changed,
                HasVotes = votes,
                HasLogits = logits,
                LabelsFrom = codes.First,
                SaysLabelsFrom = options.LabelsFrom is not null,
            };
            input = Divided(input, options);
            return changed ? input with { Understood = InWords(source, roles, parts, axes, input, options) } : input;
        }
        finally
        {
            answers?.Dispose();
            held?.Dispose();
        }
    }

    /// <summary>Views are read under their documented names only.</summary>
    static ProbitSet WithViews(ArraySource source, ProbitSet validation) =>
        ValidationViews.Beside(
            source.Path,
            source
                .Arrays.Where(array => ValidationViews.Arrays.Contains(array.Name))
                .ToDictionary(array => array.Name, array => source.Read(array.Name)),
            validation
        );

    static InputEnsemble Divided(InputEnsemble input, InputOptions options)
    {
        if (options.Split is not { } share)
            return input;
        if (input.Archive.Validation is not null)
        {
            input.Dispose();
            throw new InvalidDataException("has a validation part already; leave --split out");
        }
        using var whole = input.Archive;
        return input with
        {
            Archive = StratifiedSplit.Of(whole.Test, share, options.SplitSeed) with { Names = whole.Names },
            Split = (share, options.SplitSeed),
        };
    }

    RawPart Other(string path, InputOptions options)
    {
        // A file of labels is for the samples that rules are judged by.
        if (options.Labels is { } labels && File.Exists(labels))
            options = options with { Labels = null };
        var source = readers.Open([path], options);
        var roles = InputRoles.Of(source, options);
        return RawPart.Read(source, roles.Validation ?? roles.Test, () => LabelsOf(options));
    }

    RawLabels LabelsOf(InputOptions options)
    {
        var source = readers.Open([options.Labels!], options with { Labels = null, Probits = null });
        var flat = source
            .Arrays.Where(array => array.Shape.Length is 1 or 2 && !ArrayName.Of(array.Name).IsOfNames)
            .ToArray();
        var hinted = flat.Where(array => ArrayName.Of(array.Name).IsOfLabels).ToArray();
        var chosen =
            hinted.Length == 1 ? hinted[0]
            : flat.Length == 1 ? flat[0]
            : null;
        return chosen is null
            ? throw new InvalidDataException(
                $"{source.Path}: wanted one array of labels; there are {string.Join("; ", source.Arrays.Take(8))}"
            )
            : RawLabels.Of(chosen.Name, source.Read(chosen.Name));
    }

    static AxisOrder AxesOf(RawPart part, InputOptions options) =>
        part.Shape.Length is not (2 or 3) ? AxisOrder.Usual(3)
        : options.Axes is { } axes ? AxisOrder.Parse(axes, part.Shape.Length)
        : AxisOrder.Guess(part.Shape, part.Labels.Count);

    static ProbitSet SetOf(RawPart part, AxisOrder axes, LabelCodes codes, InputOptions options, out bool logits)
    {
        long[] labels = codes.Apply(part.Labels);
        logits = false;
        if (part.Votes is { } votes)
        {
            long[] chosen = axes.Turn(codes.Apply(votes), part.Shape);
            return OneHot(part.Name, chosen, axes.Turn(part.Shape), codes.Classes ?? codes.Names!.Count, labels);
        }
        long[] shape = part.Shape.Length == 3 ? axes.Turn(part.Shape) : part.Shape;
        float[] numbers = part.Shape.Length == 3 ? axes.Turn(part.Numbers!, part.Shape) : part.Numbers!;
        logits = part.Shape.Length != 3 || AnswerKind.IsLogits(part.Name, numbers, (int)shape[2], options.Logits);
        return logits
            ? ProbitSet.FromLogits(part.Name, numbers, shape, labels)
            : ProbitSet.FromProbits(part.Name, numbers, shape, labels);
    }

    static ProbitSet OneHot(string name, long[] votes, long[] shape, int classes, long[] labels)
    {
        var rows = new float[(long)votes.Length * classes];
        for (int i = 0; i < votes.Length; i++)
        {
            if (votes[i] < 0 || votes[i] >= classes)
                throw new InvalidDataException(
                    $"{name}, sample {i / shape[1]}, client {i % shape[1]}: the vote {votes[i]} is not in "
                        + $"0…{classes - 1}; "
                        + "votes and labels must count classes alike"
                );
            rows[(long)i * classes + votes[i]] = 1;
        }
        return ProbitSet.FromProbits(name, rows, [.. shape, classes], labels);
    }

    static IReadOnlyList<string> Names(ArraySource source, string name) => source.Read(name).ToTexts();

    /// <summary>Where each client has an array, it is called as that; numbers behind a common word are no
    /// names.</summary>
    static IReadOnlyList<string>? NamesOf(IReadOnlyList<ArrayInfo> answers)
    {
        if (answers.Count == 1)
            return null;
        string[] names = [.. answers.Select(array => ArrayName.Of(array.Name).Rest)];
        if (names.Distinct().Count() < names.Length)
            names = [.. answers.Select(array => array.Name)];
        int common = 0;
        while (
            names.All(name => common < name.Length && name[common] == names[0][common] && !char.IsDigit(name[common]))
        )
            common++;
        return names.Select((name, i) => name[common..] == $"{i}").All(same => same) ? null : names;
    }

    static string InWords(
        ArraySource source,
        InputRoles roles,
        RawPart[] parts,
        AxisOrder[] axes,
        InputEnsemble input,
        InputOptions options
    )
    {
        var (test, names) = (input.Archive.Test, input.Names);
        var words = new List<string>
        {
            $"{input.Path}: {source.Form}",
            (
                input.HasVotes ? "votes"
                : input.HasLogits ? "logits"
                : "probabilities"
            )
                + $" from {parts[0].Name} ({string.Join(", ", parts[0].Shape)})"
                + (axes[0].IsUsual ? "" : $" as {axes[0]}"),
            $"labels from {parts[0].Labels.Name}" + (input.LabelsFrom == 1 ? ", counted from 1" : ""),
            $"{test.Samples:N0} test samples, {test.Clients} clients, {test.Classes} classes",
        };
        if (source.Understood != "")
            words.Add(source.Understood);
        if (names.Clients is not null)
            words.Add($"clients {Listed(names.Clients)}");
        if (names.Classes is not null)
            words.Add($"classes {Listed(names.Classes)}");
        if (input.Split is { } split)
            words.Add(
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"{input.Archive.Validation!.Samples:N0} samples split off for validation (share "
                        + $"{split.Share}, seed {split.Seed}, by class)"
                )
            );
        else if (input.Archive.Validation is { } validation)
            words.Add(
                $"{validation.Samples:N0} validation samples" + (options.Validation is { } file ? $" from {file}" : "")
            );
        return string.Join("; ", words) + ".";
    }

    static string Listed(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(6)) + (names.Count > 6 ? $", … ({names.Count})" : "");

    /// <summary>What to do about what the layers below say.</summary>
    static string Cure(string line)
    {
        (string Says, string Cure)[] cures =
        [
            ("is not a finite logit", "replace it, or leave the sample out"),
            ("is not a probability", "write probabilities from 0 to 1, or say --logits"),
            ("the probabilities sum to", "divide each row by its sum, or say --logits"),
            ("is not in 0…", "count classes from 0, or from 1 with --labels-from 1; --axes says which axis is what"),
            (" labels", "give one label a sample; --axes says which axis is what"),
            ("there are no samples", "export it again"),
            ("at least 1 client and 2 classes", "--axes says which axis is what"),
            ("wanted (samples, clients, classes)", "give three axes, or one array a client"),
            ("truncated", "copy or write the file again"),
            ("damaged", "copy or write the file again"),
            ("is not a NumPy array", "write it with numpy.save or numpy.savez"),
            ("Python objects", "convert it to numbers before saving"),
            ("there is twice", "write each array once"),
            ("is there twice", "give each a name of its own"),
        ];
        if (line.Contains("; ", StringComparison.Ordinal))
            return "";
        string? cure = cures.FirstOrDefault(entry => line.Contains(entry.Says, StringComparison.Ordinal)).Cure;
        return cure is null ? "; write it again as one of the forms in docs/inputs.md" : "; " + cure;
    }
}
