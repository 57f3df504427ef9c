using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text.Json;
using RobustInference.Clients;
using RobustInference.Devices;
using RobustInference.Files;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Serving;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>Where a client's training stands.</summary>
/// <param name="Client">Index from 0.</param>
/// <param name="SamplesDone">Samples seen by this client, of <paramref name="SamplesTotal"/>.</param>
/// <param name="SamplesTotal">Epochs times samples of this client.</param>
/// <param name="Loss">Mean cross-entropy of the last epoch; NaN before the first has ended.</param>
/// <param name="Accuracy">On the test set, 0…1, once the client is done.</param>
public readonly record struct ClientProgress(
    int Client,
    long SamplesDone,
    long SamplesTotal,
    double Loss = double.NaN,
    double? Accuracy = null
);

/// <summary>Trains the n clients of a <see cref="ClientRecipe"/>, each on its share, and collects their logits on the
/// server's validation data and on the test set.</summary>
/// <remarks>Clients train side by side, one torch thread each. Every finished epoch and client is written to a folder;
/// a later start with the same recipe and data goes on from there and ends with the same bytes, since every draw comes
/// from a stream named by (seed, role, client and epoch).
/// </remarks>
public sealed class ClientTraining
{
    const int InferenceBatch = 250;

    static readonly TimeSpan BetweenReports = TimeSpan.FromMilliseconds(100),
        BetweenStates = TimeSpan.FromMinutes(1);

    readonly ClientRecipe recipe;
    readonly ILabelledSamples train,
        test;
    readonly Func<int, nn.Module<Tensor, Tensor>> network;
    readonly Device device;
    readonly ScalarType precision;
    readonly bool channelsLast;
    readonly DirichletPartition partition;
    readonly string folder;

    /// <param name="recipe">What to train.</param>
    /// <param name="train">The training images, all clients' together.</param>
    /// <param name="test">The test images.</param>
    /// <param name="folder">Where finished work is kept; made if missing.</param>
    /// <inheritdoc cref="ClientTraining(ClientRecipe, ClientTask, string, Device?, ScalarType, bool)"/>
    public ClientTraining(ClientRecipe recipe, ImageDataset train, ImageDataset test, string folder)
        : this(recipe, ClientTask.ForImages(recipe, train, test), folder) { }

    /// <param name="recipe">What to train.</param>
    /// <param name="task">On what.</param>
    /// <param name="folder">Where finished work is kept; made if missing.</param>
    /// <param name="device">Where; default: <see cref="ComputeDevice.Default"/>. On a GPU all clients that are a
    /// <see cref="ResNet8"/> train together as one <see cref="GroupedResNet8"/>, and of unfinished ones a finished
    /// epoch is kept once a minute.</param>
    /// <param name="precision">BFloat16 for mixed precision in such a group; Float32 elsewhere.</param>
    /// <param name="channelsLast">Whether in such a group a pixel's channels lie side by side in memory; not for the
    /// processor.</param>
    /// <exception cref="ArgumentException">A width, number of epochs or batch size that is not positive, or what
    /// <see cref="DirichletPartition.Draw"/> refuses.</exception>
    /// <exception cref="InvalidOperationException">The folder holds work of another recipe or other data.</exception>
    public ClientTraining(
        ClientRecipe recipe,
        ClientTask task,
        string folder,
        Device? device = null,
        ScalarType precision = ScalarType.Float32,
        bool channelsLast = false
    )
    {
        (this.device, this.precision, this.channelsLast) = (device ?? ComputeDevice.Default, precision, channelsLast);
        (this.recipe, train, test, network, this.folder) = (recipe, task.Train, task.Test, task.Network, folder);
        if (recipe.Width < 1 || recipe.Epochs < 1 || recipe.BatchSize < 2)
            throw new ArgumentException(
                $"width {recipe.Width}, {recipe.Epochs} epochs, batches of {recipe.BatchSize}: at least 1, "
                    + "1 and 2 are needed"
            );
        if (recipe.Views < 0 || recipe.Views > 0 && train is not ImageBatches)
            throw new ArgumentException(
                $"{recipe.Views} views of each validation sample: 0 or more of images, none of {train.Noun}"
            );
        partition = DirichletPartition.Draw(train.Labels, train.Classes, recipe.Clients, recipe.Alpha, recipe.Seed);
        Directory.CreateDirectory(folder);
        string wanted = JsonSerializer.Serialize(
                new { recipe, images = Fingerprint(train, test) },
                ReflectedJson.Indented
            ),
            path = Path.Combine(folder, "recipe.json");
        if (!File.Exists(path))
            AtomicFile.WriteText(path, wanted);
        else if (File.ReadAllText(path) != wanted)
            throw new InvalidOperationException(
                $"'{folder}' holds clients of another recipe or other {train.Noun}; delete it or choose another --out"
            );
    }

    /// <summary>Who has which training samples.</summary>
    public DirichletPartition Partition => partition;

    /// <summary>Trains what is missing.</summary>
    /// <param name="workers">Clients side by side, a thread each.</param>
    /// <param name="progress">Told a few times a second and client.</param>
    /// <param name="cancel">Stops after the running batch; finished epochs are kept, those of clients that train
    /// together once a minute.</param>
    /// <exception cref="InvalidOperationException">A loss that is not finite, or another process is at work in the same
    /// folder.</exception>
    /// <returns>The ensemble's answers. Validation samples are in the order of the partition, test samples in that of
    /// the data set.</returns>
    public ProbitArchive Run(int workers, IProgress<ClientProgress>? progress, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        using var work = LongWork.Begin($"training {recipe.Clients} clients");
        using var alone = Lock();
        // What a killed start was writing when it died.
        foreach (string file in Directory.EnumerateFiles(folder, "*.tmp"))
            File.Delete(file);
        int threadsBefore = get_num_threads();
        if (!device.IsHost())
        {
            OnDevice(progress, cancel);
            return Collect();
        }
        // Large shares first, so that the last clients to finish are short.
        var order = new Queue<int>(
            Enumerable.Range(0, recipe.Clients).OrderByDescending(c => partition.Clients[c].Length)
        );
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var failures = new List<Exception>();
        var threads = Enumerable.Range(0, Math.Min(workers, recipe.Clients)).Select(_ => new Thread(Work)).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        set_num_threads(threadsBefore);
        if (failures.FirstOrDefault(e => e is not OperationCanceledException) is { } failure)
            ExceptionDispatchInfo.Throw(failure);
        LongWork.ThrowIfCancelled(cancel);
        return Collect();

        void Work()
        {
            // torch keeps one number of threads for the process and OpenMP one for each thread, which oneDNN's
            // convolutions go by: set both.
            lock (order)
                set_num_threads(1);
            try
            {
                while (true)
                {
                    int client;
                    lock (order)
                        if (!order.TryDequeue(out client))
                            return;
                    if (!File.Exists(AnswersPath(client)))
                        TrainClient(client, progress, stop.Token);
                    else
                        progress?.Report(new(client, Samples(client), Samples(client), Accuracy: TestAccuracy(client)));
                }
            }
            catch (Exception e)
            {
                lock (failures)
                    failures.Add(e);
                stop.Cancel();
            }
        }
    }

    /// <summary>Test accuracy of each client, 0…1, from the finished answers.</summary>
    public double[] Accuracies() => [.. Enumerable.Range(0, recipe.Clients).Select(TestAccuracy)];

    long Samples(int client) => (long)recipe.Epochs * partition.Clients[client].Length;

    string AnswersPath(int client) => Path.Combine(folder, $"client-{client:D2}.npz");

    string StatePath(int client) => Path.Combine(folder, $"client-{client:D2}.state");

    // Not the processor's state, which is torch's own; nor that of another precision.
    string GroupStatePath(int client)
    {
        string kind = precision == ScalarType.Float32 ? "" : $"{precision}-".ToLowerInvariant();
        return Path.Combine(folder, $"client-{client:D2}.{kind}group-state");
    }

    void TrainClient(int client, IProgress<ClientProgress>? progress, CancellationToken cancel)
    {
        int[] share = partition.Clients[client];
        using var network = this.network(client).to(device);
        using var optimizer = Optimiser(recipe, network);
        // torch's own format of a state is the processor's.
        int epoch = device.IsHost() ? Resume(client, network, optimizer) : 0;
        progress?.Report(new(client, (long)epoch * share.Length, Samples(client)));
        int stepsPerEpoch = share.Length / recipe.BatchSize + (share.Length % recipe.BatchSize >= 2 ? 1 : 0);
        var schedule = new LearningRateSchedule(
            recipe.LearningRate,
            recipe.FinalLearningRate,
            recipe.WarmUp,
            (double)recipe.Epochs * stepsPerEpoch
        );
        network.train();
        long told = Stopwatch.GetTimestamp();
        for (; epoch < recipe.Epochs; epoch++)
        {
            using var losses = new LossSum();
            int step = 0,
                seen = 0;
            var random = RandomStream.Managed(recipe.Seed, $"client-{client}-epoch", epoch);
            (network as IHasDropout)?.RestartDropout(epoch);
            foreach (var (inputs, labels) in train.Training(share, recipe.BatchSize, random))
            {
                LongWork.ThrowIfCancelled(cancel);
                using var scope = NewDisposeScope();
                double rate = schedule.At((long)epoch * stepsPerEpoch + step++);
                foreach (var group in optimizer.ParamGroups)
                    group.LearningRate = rate;
                losses.Add(Step(network, optimizer, inputs.to(device), labels.to(device)), (int)labels.shape[0]);
                seen += (int)labels.shape[0];
                inputs.Dispose();
                labels.Dispose();
                if (Stopwatch.GetElapsedTime(told) > BetweenReports)
                {
                    told = Stopwatch.GetTimestamp();
                    progress?.Report(new(client, (long)epoch * share.Length + seen, Samples(client)));
                }
            }
            double lossSum = losses.Total;
            if (!double.IsFinite(lossSum))
                throw new InvalidOperationException(
                    $"client {client}: the loss is {lossSum} in epoch {epoch}; lower the learning rate"
                );
            if (device.IsHost())
                SaveState(client, epoch + 1, network, optimizer);
            progress?.Report(new(client, (long)(epoch + 1) * share.Length, Samples(client), lossSum / seen));
        }
        SaveAnswers(client, network);
        File.Delete(StatePath(client));
        progress?.Report(new(client, Samples(client), Samples(client), Accuracy: TestAccuracy(client)));
    }

    /// <summary>What is missing, on a GPU: together where that is known how, else one after the other.</summary>
    void OnDevice(IProgress<ClientProgress>? progress, CancellationToken cancel)
    {
        int[] missing = [.. Enumerable.Range(0, recipe.Clients).Where(c => !File.Exists(AnswersPath(c)))];
        foreach (int client in Enumerable.Range(0, recipe.Clients).Except(missing))
            progress?.Report(new(client, Samples(client), Samples(client), Accuracy: TestAccuracy(client)));
        if (missing.Length == 0)
            return;
        using (var first = network(missing[0]))
            if (first is not ResNet8 || train is not ImageBatches || recipe.Optimiser != ClientOptimiser.Sgd)
            {
                foreach (int client in missing)
                    TrainClient(client, progress, cancel);
                return;
            }
        var members = missing.Select(client => (ResNet8)network(client)).ToArray();
        using var group = new GroupedClients(
            recipe,
            missing,
            [.. missing.Select(client => partition.Clients[client])],
            members,
            ((ImageBatches)train).Data,
            device,
            precision,
            channelsLast,
            client => new TrainingState(GroupStatePath(client), BetweenStates)
        );
        foreach (var member in members)
            member.Dispose();
        while (group.Train(progress, cancel) is { } done)
        {
            using var trained = (ResNet8)network(done);
            group.CopyTo(done, trained);
            SaveAnswers(done, trained.to(device));
            File.Delete(GroupStatePath(done));
            progress?.Report(new(done, Samples(done), Samples(done), Accuracy: TestAccuracy(done)));
        }
    }

    /// <summary>One step on a batch.</summary>
    /// <returns>The batch's cross-entropy before it, in the caller's dispose scope.</returns>
    public static Tensor Step(
        nn.Module<Tensor, Tensor> network,
        optim.Optimizer optimizer,
        Tensor inputs,
        Tensor labels
    )
    {
        optimizer.zero_grad();
        var loss = nn.functional.cross_entropy(network.call(inputs), labels);
        loss.backward();
        optimizer.step();
        return loss;
    }

    /// <summary>What takes the steps of a recipe.</summary>
    public static OptimizerHelper Optimiser(ClientRecipe recipe, nn.Module network) =>
        recipe.Optimiser == ClientOptimiser.AdamW
            ? optim.AdamW(
                network.parameters(),
                recipe.LearningRate,
                beta1: recipe.Momentum,
                weight_decay: recipe.WeightDecay
            )
            : optim.SGD(
                network.parameters(),
                recipe.LearningRate,
                momentum: recipe.Momentum,
                weight_decay: recipe.WeightDecay,
                nesterov: recipe.Momentum > 0
            );

    void SaveState(int client, int epochs, nn.Module network, OptimizerHelper optimizer) =>
        AtomicFile.Write(
            StatePath(client),
            stream =>
            {
                using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
                writer.Write(epochs);
                network.save(writer);
                optimizer.save_state_dict(writer);
            }
        );

    int Resume(int client, nn.Module<Tensor, Tensor> network, OptimizerHelper optimizer)
    {
        if (!File.Exists(StatePath(client)))
            return 0;
        try
        {
            using var reader = new BinaryReader(InputFile.Open(StatePath(client), "a saved training state"));
            int epochs = reader.ReadInt32();
            network.load(reader);
            optimizer.load_state_dict(reader);
            return epochs;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidOperationException(
                $"{StatePath(client)} cannot be read; delete it, and client {client} starts again",
                e
            );
        }
    }

    FileStream Lock()
    {
        try
        {
            return new FileStream(
                Path.Combine(folder, "lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new InvalidOperationException($"another process is at work in '{folder}'", e);
        }
    }

    void SaveAnswers(int client, nn.Module<Tensor, Tensor> network)
    {
        network.eval();
        Npz.Write(
            AnswersPath(client),
            [
                new("val_logits", Answers(network, train, partition.Server)),
                new("test_logits", Answers(network, test, [.. Enumerable.Range(0, test.Labels.Length)])),
                .. Enumerable
                    .Range(0, recipe.Views)
                    .Select(v => new KeyValuePair<string, NumpyArray>(ViewName(v), AnswersToView(network, v))),
            ]
        );
    }

    static string ViewName(int view) => $"val_view_{view}_logits";

    /// <summary>All clients are asked about the same copy of an image.</summary>
    /// <remarks>The stream keeps the name under which the recorded ensembles' views were drawn.</remarks>
    NumpyArray AnswersToView(nn.Module<Tensor, Tensor> network, int view) =>
        Answers(
            network,
            train.View(partition.Server, InferenceBatch, RandomStream.Managed(recipe.Seed, "variant", view)),
            [.. Enumerable.Range(0, partition.Server.Length)]
        );

    NumpyArray Answers(nn.Module<Tensor, Tensor> network, ILabelledSamples data, int[] indices)
    {
        int[] order = data.CheapestOrder(indices);
        return Answers(network, data.InOrder([.. order.Select(position => indices[position])], InferenceBatch), order);
    }

    /// <param name="network">The client.</param>
    /// <param name="batches">What it is asked.</param>
    /// <param name="order">Where each answer belongs.</param>
    NumpyArray Answers(
        nn.Module<Tensor, Tensor> network,
        IEnumerable<(Tensor Inputs, Tensor Labels)> batches,
        int[] order
    )
    {
        using var untracked = no_grad();
        int classes = train.Classes,
            at = 0;
        var rows = new float[order.Length * classes];
        foreach (var (inputs, labels) in batches)
        {
            using var scope = NewDisposeScope();
            var logits = network.call(inputs.to(device)).cpu().contiguous().Floats();
            for (int i = 0; i < labels.shape[0]; i++, at++)
                logits.Slice(i * classes, classes).CopyTo(rows.AsSpan(order[at] * classes));
            inputs.Dispose();
            labels.Dispose();
        }
        return NumpyArray.Float32(rows, order.Length, classes);
    }

    double TestAccuracy(int client)
    {
        float[] logits = Npz.Read(AnswersPath(client), "test_logits")["test_logits"].ToFloats();
        int right = 0,
            classes = test.Classes;
        for (int i = 0; i < test.Labels.Length; i++)
        {
            var row = logits.AsSpan(i * classes, classes);
            if (System.Numerics.Tensors.TensorPrimitives.IndexOfMax(row) == test.Labels[i])
                right++;
        }
        return (double)right / test.Labels.Length;
    }

    ProbitArchive Collect()
    {
        int[] views = [.. Enumerable.Range(0, recipe.Views)];
        var files = Enumerable
            .Range(0, recipe.Clients)
            .Select(c => Npz.Read(AnswersPath(c), ["val_logits", "test_logits", .. views.Select(ViewName)]))
            .ToArray();
        long[] known = [.. partition.Server.Select(i => (long)train.Labels[i])];
        using var validation = Merge("val_logits", known);
        return new ProbitArchive(
            validation.WithViews([.. views.Select(view => Merge(ViewName(view), known))]),
            Merge("test_logits", [.. test.Labels.Select(label => (long)label)])
        );

        ProbitSet Merge(string name, long[] labels)
        {
            int classes = train.Classes,
                clients = recipe.Clients;
            var merged = new float[labels.Length * clients * classes];
            for (int c = 0; c < clients; c++)
            {
                float[] own = files[c][name].ToFloats();
                for (int s = 0; s < labels.Length; s++)
                    own.AsSpan(s * classes, classes).CopyTo(merged.AsSpan((s * clients + c) * classes));
            }
            return ProbitSet.FromLogits(name, merged, [labels.Length, clients, classes], labels);
        }
    }

    static string Fingerprint(params ILabelledSamples[] sets)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var set in sets)
            set.AppendTo(hash);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
