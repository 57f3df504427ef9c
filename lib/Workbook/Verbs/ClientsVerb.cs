using System.CommandLine;
using RobustInference.Clients;
using RobustInference.Probits;
using RobustInference.Training;
using Spectre.Console;
using TorchSharp;
using Workbook.Terminal;

namespace Workbook.Verbs;

/// <summary><c>./workbook clients train</c>: pixels in, an ensemble's probits out.</summary>
public static class ClientsVerb
{
    public static Command Create() => new("clients", "Train the clients of an ensemble, and pass their answers on.") { CreateTrain(), SubsetVerb.Create() };

    static Command CreateTrain()
    {
        var dataset = new Option<string>("--dataset") { Description = "The images.", DefaultValueFactory = _ => "cifar10" };
        dataset.AcceptOnlyFromAmong([.. CifarReader.Names]);
        var alpha = Options.Positive("--alpha", 0.5, "Concentration of the Dirichlet partition; smaller is more heterogeneous.");
        var clients = Options.Whole("--clients", 1, 17, "n.");
        var seed = Options.Whole("--seed", 0, 0, "Of partition, initial weights, order and augmentation.");
        var width = Options.Whole("--width", 1, 32, "Channels of the first block of ResNet-8; the paper has 128.");
        var epochs = Options.Whole("--epochs", 1, 25, "Passes of every client over its own images.");
        var batch = Options.Whole("--batch", 2, 64, "Images a step.");
        var rate = Options.Positive("--learning-rate", 0.1, "Of SGD, annealed to 0 by a cosine.");
        var decay = Options.NotNegative("--weight-decay", 5e-4, "Of SGD.");
        var workers = Options.Whole("--workers", 1, Environment.ProcessorCount, "Clients trained side by side, a thread each; the result does not depend on it.");
        var data = Options.Data();
        var output = new Option<string>("--out") { Description = "The file to write. Finished work is kept in FILE.npz.clients beside it.", HelpName = "FILE.npz", Required = true };
        var discard = new Option<bool>("--discard") { Description = "Delete FILE.npz.clients at the end." };
        var json = Options.Json();
        var command = new Command("train", "Train n clients from scratch, each on its share of the images, and write their logits on the server's validation data and on the test set. " +
            "Stopped or killed, the same command goes on where it was and ends with the same bytes.")
        {
            dataset, alpha, clients, seed, width, epochs, batch, rate, decay, workers, data, output, discard, json,
        };
        command.SetAction((parse, cancel) =>
        {
            T Value<T>(Option<T> option) => parse.GetRequiredValue(option);
            var recipe = new ClientRecipe(Value(dataset), Value(alpha), Value(clients), Value(seed), Value(width), Value(epochs), Value(batch),
                LearningRate: Value(rate), WeightDecay: Value(decay));
            return Task.Run(() => Train(recipe, Value(data), Value(output), Value(workers), Value(discard), Value(json), cancel), CancellationToken.None);
        });
        return command.WithExample("./workbook clients train --dataset cifar10 --alpha 0.5 --clients 17 --seed 0 --out artifacts/cifar10-a0.5-s0.npz");
    }

    static int Train(ClientRecipe recipe, string data, string output, int workers, bool discard, bool json, CancellationToken cancel)
    {
        if (Directory.Exists(output)) throw new ArgumentException($"--out '{output}' is a folder; name a file");
        var (train, test) = CifarReader.Read(recipe.Dataset, data);
        string folder = output + ".clients";
        var training = new ClientTraining(recipe, train, test, folder);
        try
        {
            using var archive = TrainingScreen.Watch(recipe, training.Partition, progress => training.Run(workers, progress, cancel));
            archive.Write(output);
            Show(recipe, training, archive, output, discard ? null : folder, json);
        }
        catch (OperationCanceledException)
        {
            Screen.Remark($"Finished work is kept in {folder}; the same command goes on from there.");
            throw;
        }
        if (discard) Directory.Delete(folder, recursive: true);
        return 0;
    }

    static void Show(ClientRecipe recipe, ClientTraining training, ProbitArchive archive, string output, string? folder, bool json)
    {
        double[] accuracies = training.Accuracies();
        double mean = PlainMeanAccuracy(archive.Test);
        int[] samples = [.. training.Partition.Clients.Select(share => share.Length)];
        if (json)
        {
            Screen.Json(new
            {
                File = output,
                Folder = folder,
                Recipe = recipe,
                ValidationSamples = archive.Validation?.Samples ?? 0,
                TestSamples = archive.Test.Samples,
                Rows = accuracies.Select((accuracy, client) => new { Client = client, Samples = samples[client], Accuracy = accuracy }),
                MeanAccuracy = mean,
            });
            return;
        }
        var table = new Table().Border(TableBorder.Simple).AddColumn("client").AddColumn("images").AddColumn("accuracy");
        foreach (var column in table.Columns) column.RightAligned();
        for (int c = 0; c < accuracies.Length; c++) table.AddRow($"{c}", $"{samples[c]:N0}", $"{100 * accuracies[c]:F1} %");
        table.AddEmptyRow().AddRow("plain mean", $"{samples.Sum():N0}", $"{100 * mean:F1} %");
        Screen.Results.Write(table);
        Screen.Results.WriteLine($"{output}: {archive.Test.Samples:N0} test and {archive.Validation?.Samples ?? 0:N0} validation samples, {recipe.Clients} clients");
        if (folder is not null) Screen.Results.WriteLine($"{folder} holds the finished clients and can be deleted");
    }

    static double PlainMeanAccuracy(ProbitSet set)
    {
        using var scope = torch.NewDisposeScope();
        return set.Probits.mean([1L]).argmax(1).eq(set.Labels).sum().ToInt64() / (double)set.Samples;
    }
}
