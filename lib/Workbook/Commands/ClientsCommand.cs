using System.CommandLine;
using System.Security.Cryptography;
using RobustInference.Clients;
using RobustInference.Devices;
using RobustInference.Files;
using RobustInference.Probits;
using RobustInference.Serving;
using RobustInference.Training;
using Spectre.Console;
using TorchSharp;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook clients train</c>: images or texts in, an ensemble's probits out.</summary>
public static class ClientsCommand
{
    public static Command Create() =>
        new("clients", "Train the clients of an ensemble or ask models of yours, and pass their answers on.")
        {
            CreateTrain(),
            AnswerCommand.Create(),
            SubsetCommand.Create(),
        };

    static Command CreateTrain()
    {
        var dataset = new Option<string>("--dataset")
        {
            Description = "The images or texts.",
            DefaultValueFactory = _ => "cifar10",
        };
        dataset.AcceptOnlyFromAmong([.. CifarReader.Names, AgNewsReader.Name]);
        var model = new Option<string?>("--model")
        {
            Description =
                "The clients' network: "
                + $"{string.Join(", ", ClientPreset.All.Select(preset => $"{preset.Name} ({preset.Title})"))}. "
                + ""
                + $"Images have {ClientPreset.First(readsTexts: false).Name} by default, texts "
                + $"{ClientPreset.First(readsTexts: true).Name}; the settings below have defaults of its "
                + "own.",
        };
        model.AcceptOnlyFromAmong([.. ClientPreset.All.Select(preset => preset.Name)]);
        var alpha = Options.Positive(
            "--alpha",
            0.5,
            "Concentration of the Dirichlet partition; smaller is more heterogeneous."
        );
        var clients = Options.Whole("--clients", 1, 17, "n.");
        var seed = Options.Whole("--seed", 0, 0, "Of partition, initial weights, order, augmentation and dropout.");
        var width = Options.WholeIfGiven(
            "--width",
            1,
            $"Channels of the first block of ResNet-8 ({Listed(recipe => recipe.Width, NeedsNoWeights)}; "
                + "the paper has 128), or the length of an embedding."
        );
        var epochs = Options.WholeIfGiven(
            "--epochs",
            1,
            $"Passes of every client over its own samples ({Listed(recipe => recipe.Epochs)})."
        );
        var batch = Options.WholeIfGiven("--batch", 2, $"Samples a step ({Listed(recipe => recipe.BatchSize)}).");
        var rate = Options.NumberIfGiven(
            "--learning-rate",
            x => x > 0,
            "above 0",
            $"Annealed by a cosine ({Listed(recipe => recipe.LearningRate)})."
        );
        var decay = Options.NumberIfGiven(
            "--weight-decay",
            x => x >= 0,
            "0 or more",
            $"On every parameter ({Listed(recipe => recipe.WeightDecay)})."
        );
        var dropout = Options.NumberIfGiven(
            "--dropout",
            x => x is >= 0 and < 1,
            "0 or more and below 1",
            "Probability that dropout zeroes a number, for models on texts."
        );
        var views = Options.WholeIfGiven(
            "--views",
            0,
            "Augmented copies of every validation image that clients are asked about too; DeepSets learn from them "
                + $"({Listed(recipe => recipe.Views, preset => !preset.ReadsTexts)})."
        );
        var length = Options.WholeIfGiven("--max-length", 3, "Longest text in tokens; what is longer is cut.");
        var tokens = Options.WholeIfGiven(
            "--tokens",
            100,
            "Size of the vocabulary that is made from the training texts."
        );
        var vocabulary = new Option<string?>("--vocabulary")
        {
            Description = "A vocab.txt to use instead, as BERT has it.",
            HelpName = "FILE",
        };
        var weights = new Option<string?>("--weights")
        {
            Description =
                "The checkpoint that every client starts from, for vit and distilbert: .safetensors, or "
                + ".pth as torch.save writes it.",
            HelpName = "FILE",
        };
        var workers = Options.Whole(
            "--workers",
            1,
            Environment.ProcessorCount,
            "Clients trained side by side, a thread each; the result does not depend on it."
        );
        var data = Options.Data();
        var output = Options.RequiredOutput(
            "FILE.npz",
            "The file to write. Finished work is kept in FILE.npz.clients beside it."
        );
        var precision = new Option<string>("--precision")
        {
            Description = "On a GPU, bfloat16 for mixed precision: somewhat faster, and other clients than float32's.",
            DefaultValueFactory = _ => "float32",
        };
        precision.AcceptOnlyFromAmong("float32", "bfloat16");
        var channelsLast = new Option<bool>("--channels-last")
        {
            Description =
                "On a GPU, keep a pixel's channels side by side in memory: some cards are faster so. On the processor "
                + "images lie so already.",
        };
        var discard = new Option<bool>("--discard") { Description = "Delete FILE.npz.clients at the end." };
        var json = Options.Json();
        var command = new Command(
            "train",
            "Train n clients, each on its share of the images or texts, and write their logits on the "
                + "server's validation data and on the test set. "
                + "Stopped or killed, the same command goes on where it was and ends with the same bytes."
        )
        {
            dataset,
            model,
            alpha,
            clients,
            seed,
            width,
            epochs,
            batch,
            rate,
            decay,
            dropout,
            views,
            length,
            tokens,
            vocabulary,
            weights,
            workers,
            data,
            output,
            precision,
            channelsLast,
            discard,
            json,
        };
        command.SetAction(
            (parse, cancel) =>
            {
                T Value<T>(Option<T> option) => parse.GetRequiredValue(option);
                bool texts = Value(dataset) == AgNewsReader.Name;
                var preset = parse.GetValue(model) is { } name ? ClientPreset.Named(name) : ClientPreset.First(texts);
                if (preset.ReadsTexts != texts)
                    throw new ArgumentException(
                        $"--model {preset.Name} reads {(texts ? "images" : "texts")}, and "
                            + $"{Value(dataset)} holds {(texts ? "texts" : "images")}"
                    );
                var settings = preset.Settings;
                var recipe = settings with
                {
                    Dataset = Value(dataset),
                    Alpha = Value(alpha),
                    Clients = Value(clients),
                    Seed = Value(seed),
                    Width = parse.GetValue(width) ?? settings.Width,
                    Epochs = parse.GetValue(epochs) ?? settings.Epochs,
                    BatchSize = parse.GetValue(batch) ?? settings.BatchSize,
                    LearningRate = parse.GetValue(rate) ?? settings.LearningRate,
                    WeightDecay = parse.GetValue(decay) ?? settings.WeightDecay,
                    Dropout = ForTexts(dropout) ?? settings.Dropout,
                    Views = parse.GetValue(views) ?? settings.Views,
                    MaxLength = ForTexts(length) ?? settings.MaxLength,
                    Vocabulary = ForTexts(tokens) ?? settings.Vocabulary,
                };
                if (preset.NeedsWeights != parse.GetValue(weights) is not null)
                    throw new ArgumentException(
                        preset.NeedsWeights
                            ? $"--model {preset.Name} needs --weights FILE"
                            : $"--model {preset.Name} is trained from scratch; --weights is for vit and distilbert"
                    );
                if (preset.NeedsWeights && parse.GetValue(width) is not null)
                    throw new ArgumentException($"--width of {preset.Name} is that of its --weights");
                if (preset.NeedsWeights && texts && parse.GetValue(vocabulary) is null)
                    throw new ArgumentException(
                        $"--model {preset.Name} needs --vocabulary FILE, the vocab.txt of its --weights"
                    );
                if (parse.GetValue(vocabulary) is not null && parse.GetValue(tokens) is not null)
                    throw new ArgumentException(
                        "--tokens is the size of a vocabulary that is made, and --vocabulary names one "
                            + "that is there; give one of them"
                    );
                if (parse.GetValue(views) is not null && texts)
                    throw new ArgumentException($"--views is for images, and {Value(dataset)} holds texts");
                if (parse.GetValue(vocabulary) is not null && !texts)
                    throw new ArgumentException($"--vocabulary is for texts, and {Value(dataset)} holds images");
                return Task.Run(
                    () =>
                        Train(
                            recipe,
                            parse.GetValue(vocabulary),
                            parse.GetValue(weights),
                            Value(data),
                            Value(output),
                            Value(workers),
                            Value(precision) == "bfloat16" ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32,
                            Value(channelsLast),
                            Value(discard),
                            Value(json),
                            cancel
                        ),
                    CancellationToken.None
                );

                T? ForTexts<T>(Option<T?> option)
                    where T : struct =>
                    parse.GetValue(option) is not { } value ? null
                    : texts ? value
                    : throw new ArgumentException($"{option.Name} is for texts, and {Value(dataset)} holds images");
            }
        );
        return command.WithExample(
            "./workbook clients train --dataset cifar10 --alpha 0.5 --clients 17 --seed 0 --out "
                + "artifacts/cifar10-a0.5-s0.npz",
            "./workbook clients train --dataset agnews --model bag --seed 0 --out artifacts/agnews-bag-a0.5-s0.npz",
            "./workbook clients train --dataset cifar100 --model vit --weights vit_b_32.pth --out "
                + "artifacts/cifar100-vit-a0.5-s0.npz"
        );
    }

    static bool NeedsNoWeights(ClientPreset preset) => !preset.NeedsWeights;

    static string Listed(Func<ClientRecipe, object> setting, Func<ClientPreset, bool>? of = null) =>
        string.Join(
            ", ",
            ClientPreset
                .All.Where(of ?? (_ => true))
                .Select(preset =>
                    string.Create(
                        System.Globalization.CultureInfo.InvariantCulture,
                        $"{preset.Name} {setting(preset.Settings)}"
                    )
                )
        );

    static string HashOf(string path)
    {
        using var file = InputFile.Open(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    static int Train(
        ClientRecipe recipe,
        string? vocabularyFile,
        string? weights,
        string data,
        string output,
        int workers,
        torch.ScalarType precision,
        bool channelsLast,
        bool discard,
        bool json,
        CancellationToken cancel
    )
    {
        if (channelsLast && ComputeDevice.Default.IsHost())
            throw new ArgumentException(
                "--channels-last is for clients that train together on a GPU, and this is the processor; leave it out"
            );
        var vocabulary = vocabularyFile is null ? null : Vocabulary.Read(vocabularyFile);
        if (vocabulary is not null)
            recipe = recipe with { VocabularyFile = vocabulary.Hash, Vocabulary = 0 };
        if (weights is not null)
            recipe = recipe with
            {
                Width =
                    recipe.Model == ClientModel.VisionTransformer
                        ? CheckpointSize.OfVisionTransformer(weights).Width
                        : CheckpointSize.OfDistilBert(weights).Width,
                Weights = HashOf(weights),
            };
        string folder = output + ".clients";
        var task = ClientTask.Read(recipe, data, vocabulary, weights);
        if (task.Fresh.Count > 0)
            Screen.Remark($"{weights}: every client starts with a head of its own, {string.Join(", ", task.Fresh)}");
        var training = new ClientTraining(recipe, task, folder, precision: precision, channelsLast: channelsLast);
        try
        {
            using var archive = TrainingScreen.Watch(
                recipe,
                training.Partition,
                task.Train.Noun,
                progress => training.Run(workers, progress, cancel)
            );
            archive.Write(output);
            Show(recipe, training, task.Train.Noun, archive, output, discard ? null : folder, json);
        }
        catch (OperationCanceledException)
        {
            Screen.Remark($"Finished work is kept in {folder}; the same command goes on from there.");
            throw;
        }
        if (discard)
            Directory.Delete(folder, recursive: true);
        return 0;
    }

    static void Show(
        ClientRecipe recipe,
        ClientTraining training,
        string noun,
        ProbitArchive archive,
        string output,
        string? folder,
        bool json
    )
    {
        double[] accuracies = training.Accuracies();
        double mean = PlainMeanAccuracy(archive.Test);
        int[] samples = [.. training.Partition.Clients.Select(share => share.Length)];
        if (json)
        {
            Screen.Json(
                new
                {
                    File = output,
                    Folder = folder,
                    Recipe = recipe,
                    ValidationSamples = archive.Validation?.Samples ?? 0,
                    TestSamples = archive.Test.Samples,
                    Rows = accuracies.Select(
                        (accuracy, client) =>
                            new
                            {
                                Client = client,
                                Samples = samples[client],
                                Accuracy = accuracy,
                            }
                    ),
                    MeanAccuracy = mean,
                }
            );
            return;
        }
        var table = new Table().Border(TableBorder.Simple).AddColumn("client").AddColumn(noun).AddColumn("accuracy");
        foreach (var column in table.Columns)
            column.RightAligned();
        for (int c = 0; c < accuracies.Length; c++)
            table.AddRow($"{c}", $"{samples[c]:N0}", $"{100 * accuracies[c]:0.0} %");
        table.AddEmptyRow().AddRow("plain mean", $"{samples.Sum():N0}", $"{100 * mean:0.0} %");
        Screen.Results.Write(table);
        Screen.Results.WriteLine(
            $"{output}: {archive.Test.Samples:N0} test and {archive.Validation?.Samples ?? 0:N0} "
                + $"validation samples, {recipe.Clients} clients"
        );
        if (folder is not null)
            Screen.Results.WriteLine($"{folder} holds the finished clients and can be deleted");
    }

    static double PlainMeanAccuracy(ProbitSet set)
    {
        using var scope = torch.NewDisposeScope();
        return set.Probits.mean([1L]).argmax(1).eq(set.Labels).sum().ToInt64() / (double)set.Samples;
    }
}
