using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using RobustInference.Clients;
using RobustInference.Files;
using Tests.RobustInference.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Clients;

/// <summary>Checkpoints as large as the real ones, with random weights: 353 MB of ViT-B/32 and 268 MB of DistilBERT.
/// Kernel counters tell the peak.</summary>
[Collection(nameof(Alone))]
public sealed class FullSizeCheckpointTests(ITestOutputHelper output) : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("vit_b_32.safetensors"), InlineData("vit_b_32.pth")]
    public void A_vision_transformer_is_made_and_loaded_in_five_seconds_and_twice_the_files_memory(string file) =>
        Import(
            file,
            seed => new VisionTransformer(1000, null, seed, 0),
            (network, path) => PretrainedWeights.LoadInplace(network, path)
        );

    [Theory]
    [InlineData("distilbert.safetensors"), InlineData("distilbert.pth")]
    public void DistilBERT_is_made_and_loaded_in_five_seconds_and_twice_the_files_memory(string file) =>
        Import(
            file,
            seed => new DistilBert(4, null, seed, 0),
            (network, path) => PretrainedWeights.LoadInplace(network, path)
        );

    void Import<T>(string file, Func<long, T> make, Func<T, string, IReadOnlyList<string>> load)
        where T : nn.Module
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        string path = folder.File(file);
        float[] sample;
        using (var source = make(1))
        {
            sample = Sample(source);
            if (file.EndsWith(".pth", StringComparison.Ordinal))
                WriteTorchFile(path, source.state_dict());
            else
                Safetensors.Write(path, source.state_dict(), new Dictionary<string, string>());
        }
        // Code that runs for the first time takes memory too, but no network's.
        using (
            var tiny = new DistilBert(
                4,
                new(Vocabulary: 11, Positions: 7, Width: 8, Layers: 2, Heads: 2, Hidden: 12),
                0,
                0
            )
        )
            PretrainedWeights.LoadInplace(tiny, TinyTransformer.Fixture("distilbert" + Path.GetExtension(file)));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        // What the first network had goes back to the system, so that the second is counted.
        ResidentMemory.GiveBackUnused();
        File.WriteAllText("/proc/self/clear_refs", "5");
        long before = Kilobytes("VmRSS:");
        var (cpu, clock) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        using var network = make(2);
        var made = Environment.CpuUsage.TotalTime - cpu;
        Assert.NotEqual(sample, Sample(network));
        Assert.Empty(load(network, path));
        // Processor time of this one thread: the same as on the clock, where nothing else runs.
        double seconds = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds,
            ratio = 1024.0 * (Kilobytes("VmHWM:") - before) / new FileInfo(path).Length;
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{file}: {new FileInfo(path).Length / 1e6:F0} MB, {seconds:F2} s of processor time "
                    + $"({made.TotalSeconds:F2} to make the network), {clock.Elapsed.TotalSeconds:F2} s on the "
                    + $"clock, {ratio:F2} times the file's memory"
            )
        );
        Assert.Equal(sample, Sample(network));
        Assert.True(seconds < 5, $"{seconds:F1} s");
        Assert.True(ratio < 2, $"{ratio:F2} times the file");
    }

    /// <summary>Some numbers of every parameter.</summary>
    static float[] Sample(nn.Module network) =>
        [
            .. network
                .state_dict()
                .OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .SelectMany(pair =>
                {
                    using var scope = NewDisposeScope();
                    var flat = pair.Value.detach().reshape(-1);
                    return new[]
                    {
                        flat[0].item<float>(),
                        flat[-1].item<float>(),
                        flat[flat.shape[0] / 2].item<float>(),
                    };
                }),
        ];

    static void WriteTorchFile(string path, Dictionary<string, Tensor> tensors)
    {
        using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        var items = tensors.Select(
            (pair, i) =>
                (
                    pair.Key,
                    PickleBytes.Tensor(
                        PickleBytes.Storage($"{i}", pair.Value.numel()),
                        0,
                        pair.Value.shape,
                        StoredTensor.RowMajor(pair.Value.shape)
                    )
                )
        );
        using (var program = zip.CreateEntry("archive/data.pkl", CompressionLevel.NoCompression).Open())
            program.Write(PickleBytes.Program(PickleBytes.Dictionary([.. items])));
        foreach (var (tensor, i) in tensors.Values.Select((tensor, i) => (tensor, i)))
            using (var numbers = zip.CreateEntry($"archive/data/{i}", CompressionLevel.NoCompression).Open())
                numbers.Write(tensor.bytes);
    }

    static long Kilobytes(string field) =>
        long.Parse(
            File.ReadLines("/proc/self/status")
                .First(line => line.StartsWith(field, StringComparison.Ordinal))
                // A tab, spaces up to eight places, the number.
                .Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        );
}
