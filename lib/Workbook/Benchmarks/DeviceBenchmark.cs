using System.Diagnostics;
using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Clients;
using RobustInference.Devices;
using RobustInference.Evaluation;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Workbook.Benchmarks;

/// <summary>What a GPU gives: clients of the paper's width, adversarial training and attacks on the processor and on
/// <see cref="ComputeDevice.Default"/>, one after the other. Made-up images and answers: the work does not depend on
/// them.</summary>
public static class DeviceBenchmark
{
    const int Clients = 17,
        Classes = 10,
        Liars = 4,
        Images = 6000,
        Width = 128;
    static readonly TimeSpan Each = TimeSpan.FromSeconds(12),
        WarmUp = TimeSpan.FromSeconds(4);

    public static IReadOnlyList<BenchmarkRow> Run() => [.. Rows()];

    static IEnumerable<BenchmarkRow> Rows()
    {
        var device = ComputeDevice.Default;
        Device[] devices = device.IsHost() ? [CPU] : [CPU, device];
        var rates = new Dictionary<string, List<double>>();
        foreach (var own in devices)
        {
            string on = ComputeDevice.NameOf(own);
            var rows = new List<(string What, double Rate, string Unit)>
            {
                ($"clients of width {Width}", ClientImages(own, ScalarType.Float32), "images/s"),
            };
            if (!own.IsHost())
                rows.Add(($"clients of width {Width}, bfloat16", ClientImages(own, ScalarType.BFloat16), "images/s"));
            foreach (int batch in new[] { 256, 2048 })
                rows.Add(($"adversarial training, batches of {batch}", Adversarial(own, batch), "samples/s"));
            rows.Add(("certified vote, training", Votes(own), "samples/s"));
            rows.Add(("PGD-cw on DeepSet-TM", Attacked(own, new ProjectedGradientAttack()), "samples/s"));
            rows.Add(
                (
                    "Auto-PGD on DeepSet-TM",
                    Attacked(
                        own,
                        new AutoProjectedGradientAttack(new ScoreMargin(), SortGradient.True, AscentStart.Drawn)
                    ),
                    "samples/s"
                )
            );
            foreach (var (what, rate, unit) in rows)
            {
                yield return new($"{what}, {on}", rate, unit);
                if (!rates.TryGetValue(what, out var all))
                    rates[what] = all = [];
                all.Add(rate);
            }
        }
        foreach (var (what, all) in rates.Where(pair => pair.Value.Count == 2))
            yield return new($"{what}, ratio", all[1] / all[0], "x");
    }

    /// <summary>Training images of all clients together a second; on the processor a thread for each core.</summary>
    static double ClientImages(Device device, ScalarType precision)
    {
        var random = new Random(1);
        var pixels = new byte[Images * ImageDataset.ImageBytes];
        random.NextBytes(pixels);
        var labels = Enumerable.Range(0, Images).Select(_ => (byte)random.Next(Classes)).ToArray();
        ImageDataset train = new("made-up", Classes, pixels, labels),
            test = new("made-up", Classes, pixels[..ImageDataset.ImageBytes], labels[..1]);
        var recipe = new ClientRecipe("made-up", 100, Clients, 0, Width, Epochs: 1000, BatchSize: 64);
        var folder = Directory.CreateTempSubdirectory("workbook-bench-");
        var rate = new Rate();
        try
        {
            new ClientTraining(
                recipe,
                ClientTask.ForImages(recipe, train, test),
                folder.FullName,
                device,
                precision
            ).Run(Environment.ProcessorCount, rate, rate.Token);
        }
        catch (OperationCanceledException) { }
        finally
        {
            folder.Delete(recursive: true);
        }
        return rate.Value;
    }

    /// <summary>Counts samples between the warm-up and the end, at which it cancels.</summary>
    sealed class Rate : IProgress<ClientProgress>
    {
        readonly CancellationTokenSource stop = new(WarmUp + 2 * Each);
        readonly Stopwatch clock = Stopwatch.StartNew();
        readonly Dictionary<int, long> done = [];
        (double Seconds, long Samples)? first;
        (double Seconds, long Samples) last;

        public CancellationToken Token => stop.Token;

        public double Value =>
            first is { } start && last.Seconds > start.Seconds
                ? (last.Samples - start.Samples) / (last.Seconds - start.Seconds)
                : double.NaN;

        public void Report(ClientProgress value)
        {
            lock (done)
            {
                done[value.Client] = value.SamplesDone;
                if (clock.Elapsed < WarmUp)
                    return;
                last = (clock.Elapsed.TotalSeconds, done.Values.Sum());
                first ??= last;
            }
        }
    }

    static double Adversarial(Device device, int batch)
    {
        TorchThreads.One();
        using var answers = SyntheticProbits.Draw(4096, Clients, Classes, seed: 0);
        using var training = answers.To(device);
        var recipe = new DeepSetRecipe(Liars, Passes: 100_000, BatchSize: batch);
        using var network = new DeepSetNetwork(Classes, recipe.Hidden, 0).to(device);
        using var optimizer = optim.Adam(network.parameters(), recipe.LearningRate);
        using var batches = new AdversarialTraining.Batches(training, recipe, near: answers);
        return PerSecond(answers.Samples, pass => batches.Pass(network, optimizer, pass));
    }

    static double Votes(Device device)
    {
        TorchThreads.One();
        using var answers = SyntheticProbits.Draw(4096, Clients, Classes, seed: 0);
        using var training = answers.To(device);
        var recipe = new CertifiedVoteRecipe(Liars, Passes: 100_000);
        using var member = new VoteMember(Clients, Classes, recipe.Hidden, recipe.Embedding, 0).to(device);
        using var batches = new CertifiedVoteTraining.Batches(member, training, recipe, near: answers);
        return PerSecond(answers.Samples, pass => batches.Pass(pass));
    }

    static double Attacked(Device device, IAttack attack)
    {
        TorchThreads.One();
        using var answers = SyntheticProbits.Draw(10_000, Clients, Classes, seed: 0);
        using var network = new DeepSetNetwork(Classes, 128, 0);
        var threat = ThreatModel.Draw(Clients, Liars, 0);
        // Untrained, it is wrong on nearly every sample: with its own answers for labels nothing is lost at the start.
        var rule = new DeepSetTrimmedMean(network, Liars);
        using var attacked = answers.WithLabels([.. rule.Predict(answers).Select(own => (long)Math.Max(0, own.Class))]);
        return PerSecond(
            answers.Samples,
            _ =>
            {
                using var under = new RuleUnderAttack(attacked, rule, threat, 0, device: device);
                under.Under(attack);
            }
        );
    }

    /// <summary>Samples a second after a first call, which is not counted.</summary>
    static double PerSecond(int samples, Action<int> work)
    {
        work(0);
        var clock = Stopwatch.StartNew();
        int calls = 0;
        do work(++calls);
        while (clock.Elapsed < Each / 3);
        return samples * (double)calls / clock.Elapsed.TotalSeconds;
    }
}
