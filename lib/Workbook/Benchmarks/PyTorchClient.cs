using System.Diagnostics;
using System.Globalization;
using RobustInference.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace Workbook.Benchmarks;

/// <summary>The same training of a ResNet-8 in PyTorch, in a process of its own that takes its turn when
/// told.</summary>
public sealed class PyTorchClient : IDisposable
{
    // Debian's package is for the interpreter of the system.
    const string Interpreter = "/usr/bin/python3";

    const string Script = """
        import sys, time, numpy, torch
        from torch import nn
        torch.set_num_threads(1)
        data, width, classes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
        rate, momentum, decay = map(float, sys.argv[4:7])
        arrays = numpy.load(data)
        batches = [(torch.from_numpy(x), torch.from_numpy(y)) for x, y in zip(arrays['inputs'], arrays['labels'])]
        class Block(nn.Module):
            def __init__(self, a, b, stride):
                super().__init__()
                self.body = nn.Sequential(
                    nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU(),
                    nn.Conv2d(b, b, 3, 1, 1, bias=False), nn.BatchNorm2d(b))
                self.shortcut = nn.Identity() if stride == 1 and a == b else nn.Sequential(
                    nn.Conv2d(a, b, 1, stride, bias=False), nn.BatchNorm2d(b))
            def forward(self, x):
                return torch.relu(self.body(x) + self.shortcut(x))
        w = width
        network = nn.Sequential(
            nn.Conv2d(3, w, 3, 1, 1, bias=False), nn.BatchNorm2d(w), nn.ReLU(),
            Block(w, w, 1), Block(w, 2 * w, 2), Block(2 * w, 4 * w, 2),
            nn.AvgPool2d(4), nn.Flatten(), nn.Linear(16 * w, classes))
        optimizer = torch.optim.SGD(network.parameters(), rate, momentum, weight_decay=decay, nesterov=True)
        print(torch.__version__, flush=True)
        for line in sys.stdin:
            begin = time.process_time()
            for inputs, labels in batches:
                optimizer.zero_grad()
                nn.functional.cross_entropy(network(inputs), labels).backward()
                optimizer.step()
            print(time.process_time() - begin, flush=True)
        """;

    readonly Process process;
    readonly DirectoryInfo folder;

    PyTorchClient(Process process, DirectoryInfo folder, string version) =>
        (this.process, this.folder, Version) = (process, folder, version);

    /// <summary>PyTorch's.</summary>
    public string Version { get; }

    /// <summary>Starts it; null where there is no PyTorch.</summary>
    /// <param name="batches">Inputs and labels of each step, batches of one size.</param>
    /// <param name="width">Of the network.</param>
    /// <param name="classes">K.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="momentum">Nesterov's.</param>
    /// <param name="decay">Weight decay.</param>
    public static PyTorchClient? Start(
        IReadOnlyList<(Tensor Inputs, Tensor Labels)> batches,
        int width,
        int classes,
        double rate,
        double momentum,
        double decay
    )
    {
        if (!File.Exists(Interpreter))
            return null;
        var folder = Directory.CreateTempSubdirectory("bench-clients-");
        Process? process = null;
        string? version = null;
        try
        {
            string data = Path.Combine(folder.FullName, "batches.npz"),
                script = Path.Combine(folder.FullName, "client.py");
            Write(data, batches);
            File.WriteAllText(script, Script);
            var start = new ProcessStartInfo(Interpreter)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            };
            foreach (object argument in new object[] { script, data, width, classes, rate, momentum, decay })
                start.ArgumentList.Add(Convert.ToString(argument, CultureInfo.InvariantCulture)!);
            process = Process.Start(start);
            version = process?.StandardOutput.ReadLine();
            return version is null ? null : new PyTorchClient(process!, folder, version);
        }
        finally
        {
            if (version is null)
            {
                process?.Dispose();
                folder.Delete(recursive: true);
            }
        }
    }

    /// <summary>Trains on every batch once.</summary>
    /// <returns>Seconds of processor time.</returns>
    public double Turn()
    {
        process.StandardInput.WriteLine();
        process.StandardInput.Flush();
        return process.StandardOutput.ReadLine() is { } seconds
            ? double.Parse(seconds, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException("PyTorch ended; standard error says why");
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
        folder.Delete(recursive: true);
    }

    static void Write(string path, IReadOnlyList<(Tensor Inputs, Tensor Labels)> batches)
    {
        using var scope = NewDisposeScope();
        Tensor inputs = stack([.. batches.Select(batch => batch.Inputs.contiguous())]),
            labels = stack([.. batches.Select(batch => batch.Labels)]);
        Npz.Write(
            path,
            [
                new("inputs", NumpyArray.Float32(inputs.data<float>().ToArray(), inputs.shape)),
                new("labels", NumpyArray.Int64(labels.data<long>().ToArray(), labels.shape)),
            ]
        );
    }
}
