using System.CommandLine;
using RobustInference.Clients;
using RobustInference.Files;
using RobustInference.Inputs;
using RobustInference.Probits;
using RobustInference.Results;
using Spectre.Console;
using Workbook.Models;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook clients answer</c>: client models as ONNX files in, their answers out.</summary>
public static class AnswerCommand
{
    public static Command Create()
    {
        var models = new Option<string[]>("--models")
        {
            Description =
                "The clients' models: .onnx files, or a folder of them. Each takes a batch of samples and "
                + "gives a row of logits or probabilities for each.",
            HelpName = "FILE.onnx",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var data = new Option<string>("--data")
        {
            Description =
                "What they answer: an .npy file whose first axis is over samples, or where CIFAR lies, whose "
                + "test images are then [S, 3, 32, 32] with pixels as (v/255 - 1/2)/(1/2).",
            HelpName = "FILE.npy|DIR",
            DefaultValueFactory = _ => WorkbookFolder.DataCache,
        };
        var dataset = new Option<string>("--dataset")
        {
            Description = "Which images are taken of a folder.",
            DefaultValueFactory = _ => "cifar10",
        };
        dataset.AcceptOnlyFromAmong([.. CifarReader.Names]);
        var labels = new Option<string?>("--labels")
        {
            Description = "The labels of an .npy file of samples, 0, 1, …; CIFAR has its own.",
            HelpName = "FILE.npy",
        };
        var batch = Options.Whole("--batch", 1, 64, "Samples at once.");
        var deadline = Options.Positive(
            "--deadline",
            600,
            "Seconds for each model; what it has not answered by then is absent."
        );
        var workers = Options.Whole("--workers", 1, Environment.ProcessorCount, "Models side by side, a thread each.");
        var output = Options.RequiredOutput("FILE.npz", "The file to write.");
        var json = Options.Json();
        var command = new Command(
            "answer",
            "Ask client models, and write their answers as an ensemble. A model that fails, is late or gives numbers "
                + "that are not finite is absent there: a row of NaN, which 'aggregator apply' counts as a corrupted "
                + "client."
        )
        {
            models,
            data,
            dataset,
            labels,
            batch,
            deadline,
            workers,
            output,
            json,
        };
        command.SetAction(
            (parse, cancel) =>
                Task.Run(
                    () =>
                    {
                        string source = parse.GetRequiredValue(data);
                        bool isArray = Path.GetExtension(source) == ".npy";
                        if (isArray && parse.GetResult(dataset) is { Implicit: false })
                            throw new ArgumentException($"--dataset is for a folder of images, and --data is {source}");
                        if (!isArray && parse.GetValue(labels) is not null)
                            throw new ArgumentException("--labels is for an .npy file of samples; images have theirs");
                        string[] files = Files(parse.GetRequiredValue(models));
                        var inputs = isArray
                            ? ModelInputs.OfArray(source, parse.GetValue(labels))
                            : ModelInputs.OfImages(parse.GetRequiredValue(dataset), source);
                        return Answer(
                            files,
                            inputs,
                            parse.GetRequiredValue(batch),
                            TimeSpan.FromSeconds(parse.GetRequiredValue(deadline)),
                            parse.GetRequiredValue(workers),
                            parse.GetRequiredValue(output),
                            parse.GetValue(json),
                            cancel
                        );
                    },
                    CancellationToken.None
                )
        );
        return command.WithExample(
            "./workbook clients answer --models hospitals/*.onnx --data x.npy --labels y.npy --out mine.npz",
            "./workbook clients answer --models models --dataset cifar10 --deadline 60 --out mine.npz"
        );
    }

    static string[] Files(string[] given)
    {
        string[] files =
        [
            .. given.SelectMany(path =>
                Directory.Exists(path)
                    ? Directory.GetFiles(path, "*.onnx").Order(NaturalOrder.Instance)
                    : Enumerable.Repeat(path, 1)
            ),
        ];
        if (files.Length == 0)
            throw new InvalidDataException($"{string.Join(", ", given)}: no .onnx file is there");
        return files;
    }

    static int Answer(
        string[] files,
        ModelInputs inputs,
        int batch,
        TimeSpan deadline,
        int workers,
        string output,
        bool json,
        CancellationToken cancel
    )
    {
        string[] names = Names(files);
        // All are opened and checked before the first one answers.
        foreach (string file in files)
        {
            using var model = new OnnxModel(file, inputs);
            if (model.Classes is { } known)
                CheckLabels(inputs, known, $"{Path.GetFileName(file)} knows");
        }
        var answers = new ModelAnswers[files.Length];
        StageScreen.Watch(
            names,
            screen =>
                Parallel.For(
                    0,
                    files.Length,
                    new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancel },
                    i =>
                        answers[i] = ModelAnswers.Of(
                            new OnnxModel(files[i], inputs),
                            inputs,
                            batch,
                            deadline,
                            done =>
                                screen.Report(
                                    i,
                                    $"{done:N0} of {inputs.Samples:N0} samples",
                                    (double)done / inputs.Samples
                                ),
                            cancel
                        )
                )
        );
        foreach (var answer in answers.Where(answer => answer.Fault is not null))
            Screen.Remark(
                FormattableString.Invariant(
                    $"{answer.Path}: absent for {answer.Absent:N0} of {inputs.Samples:N0} samples"
                ) + $" ({answer.Fault})"
            );
        int classes = Classes(answers);
        CheckLabels(inputs, classes, "the models know");
        bool logits = answers.Where(answer => answer.Classes > 0).All(answer => !answer.AreProbabilities);
        Write(output, answers, names, inputs, classes, logits);
        Show(output, answers, names, inputs, classes, logits, json);
        return 0;
    }

    static void CheckLabels(ModelInputs inputs, int classes, string who)
    {
        if (inputs.Labels is { } labels && labels.Max() >= classes)
            throw new InvalidDataException(
                $"{inputs.Name}: label {labels.Max()} is there, and {who} {classes} classes"
            );
    }

    static string[] Names(string[] files)
    {
        string[] names = [.. files.Select(file => Path.GetFileNameWithoutExtension(file))];
        // Models of the same name in different folders are told apart by these.
        return names.Distinct().Count() == names.Length ? names : files;
    }

    static int Classes(ModelAnswers[] answers)
    {
        var counted = answers.Where(answer => answer.Classes > 0).ToArray();
        if (counted.Length == 0)
            throw new InvalidDataException("no model answered a single sample: nothing is written");
        if (counted.FirstOrDefault(answer => answer.Classes != counted[0].Classes) is { } other)
            throw new InvalidDataException(
                $"{other.Path}: answers over {other.Classes} classes, and {counted[0].Path} over {counted[0].Classes}"
            );
        return counted[0].Classes;
    }

    // As logits where all models give logits; where some give probabilities, as probabilities.
    static void Write(
        string output,
        ModelAnswers[] answers,
        string[] names,
        ModelInputs inputs,
        int classes,
        bool logits
    )
    {
        int clients = answers.Length;
        var values = new float[(long)inputs.Samples * clients * classes];
        for (int i = 0; i < clients; i++)
        for (int s = 0; s < inputs.Samples; s++)
        {
            var row = values.AsSpan((s * clients + i) * classes, classes);
            if (answers[i].Classes == 0)
                row.Fill(float.NaN);
            else
                answers[i].Values.AsSpan(s * classes, classes).CopyTo(row);
            if (!logits && !answers[i].AreProbabilities)
                Softmax(row);
        }
        var arrays = new List<KeyValuePair<string, NumpyArray>>
        {
            new(logits ? "test_logits" : "test_probits", NumpyArray.Float32(values, inputs.Samples, clients, classes)),
        };
        if (inputs.Labels is { } labels)
            arrays.Add(new("test_labels", NumpyArray.Int64(labels, labels.Length)));
        arrays.AddRange(new EnsembleNames(names, null).ToArrays());
        Npz.Write(output, arrays);
    }

    static void Softmax(Span<float> row)
    {
        double greatest = double.NegativeInfinity,
            sum = 0;
        foreach (float value in row)
            greatest = Math.Max(greatest, value);
        foreach (float value in row)
            sum += Math.Exp(value - greatest);
        for (int k = 0; k < row.Length; k++)
            row[k] = (float)(Math.Exp(row[k] - greatest) / sum);
    }

    static void Show(
        string output,
        ModelAnswers[] answers,
        string[] names,
        ModelInputs inputs,
        int classes,
        bool logits,
        bool json
    )
    {
        double?[] accuracies = [.. answers.Select(answer => Accuracy(answer, inputs.Labels))];
        if (json)
        {
            Screen.Json(
                new
                {
                    File = output,
                    inputs.Samples,
                    Classes = classes,
                    Answers = logits ? "logits" : "probits",
                    Rows = answers.Select(
                        (answer, i) =>
                            new
                            {
                                Client = i,
                                Name = names[i],
                                Model = answer.Path,
                                answer.Absent,
                                answer.Fault,
                                Accuracy = accuracies[i],
                                Seconds = Math.Round(answer.Elapsed.TotalSeconds, 3),
                            }
                    ),
                }
            );
            return;
        }
        var table = new Table()
            .Border(TableBorder.Simple)
            .AddColumn("client")
            .AddColumn(new TableColumn("absent").RightAligned())
            .AddColumn(new TableColumn("accuracy").RightAligned())
            .AddColumn(new TableColumn("seconds").RightAligned());
        for (int i = 0; i < answers.Length; i++)
            table.AddRow(
                Markup.Escape(names[i]),
                $"{answers[i].Absent:N0}",
                accuracies[i] is { } accuracy ? $"{100 * accuracy:0.0} %" : "–",
                $"{answers[i].Elapsed.TotalSeconds:F1}"
            );
        Screen.Results.Write(table);
        Screen.Results.WriteLine(
            $"{output}: {(logits ? "logits" : "probabilities")} of {answers.Length} clients for {inputs.Samples:N0} "
                + $"samples over {classes} classes"
        );
    }

    /// <summary>Of the samples that were answered.</summary>
    static double? Accuracy(ModelAnswers answer, long[]? labels)
    {
        if (labels is null || answer.Classes == 0 || answer.Absent == labels.Length)
            return null;
        int right = 0;
        for (int s = 0; s < labels.Length; s++)
        {
            var row = answer.Values.AsSpan(s * answer.Classes, answer.Classes);
            int best = 0;
            for (int k = 1; k < row.Length; k++)
                if (row[k] > row[best])
                    best = k;
            if (!float.IsNaN(row[0]) && best == labels[s])
                right++;
        }
        return (double)right / (labels.Length - answer.Absent);
    }
}
