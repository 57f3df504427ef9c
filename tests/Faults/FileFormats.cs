using RobustInference.Clients;
using RobustInference.Files;
using RobustInference.Networks;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Running;
using RobustInference.Serving;
using RobustInference.Training;
using Tests.RobustInference.Clients;
using Tests.RobustInference.Files;
using Tests.RobustInference.Probits;
using TorchSharp;
using Workbook.Notebooks;

namespace Tests.Faults;

/// <summary>Every format that is read, with a small sound file and its reader.</summary>
static class FileFormats
{
    /// <summary>A format.</summary>
    /// <param name="Name">As the harness's table calls it.</param>
    /// <param name="File">The file's name, which some readers look for.</param>
    /// <param name="Sound">Makes the sound file's bytes; may write to the folder that it is given.</param>
    /// <param name="Read">Reads the file, whose path it is given, all of it.</param>
    public sealed record Format(string Name, string File, Func<string, byte[]> Sound, Action<string> Read);

    public static IReadOnlyList<Format> All { get; } =
    [
        new(
            "answers (.npz)",
            "a.npz",
            folder => System.IO.File.ReadAllBytes(BrokenProbitFiles.WriteSound(folder)),
            path => ProbitArchive.Read(path).Dispose()
        ),
        new("DeepSet (.safetensors)", "a.safetensors", DeepSet, path => TrainedRuleFile.Read(path).Rule.ToString()),
        new("CertifiedVote (.safetensors)", "v.safetensors", Vote, path => TrainedRuleFile.Read(path).Rule.ToString()),
        new(
            "calibrated clients (.safetensors)",
            "c.safetensors",
            Calibrated,
            path => TrainedRuleFile.Read(path).Rule.ToString()
        ),
        new("served calibrated clients (.safetensors)", "s.safetensors", Calibrated, path => ServedRule.Read(path)),
        new("served DeepSet (.safetensors)", "d.safetensors", DeepSet, path => ServedRule.Read(path)),
        new("served CertifiedVote (.safetensors)", "w.safetensors", Vote, path => ServedRule.Read(path)),
        new(
            "new answers (.npz)",
            "n.npz",
            folder => System.IO.File.ReadAllBytes(BrokenProbitFiles.WriteSound(folder)),
            path => ReceivedAnswers.Read(path)
        ),
        new("checkpoint (.pth)", "a.pth", _ => PickleBytes.File(PickleBytes.OneTensor(4, 0, [4], [1])), Checkpoint),
        new(
            "CIFAR-10 (.tar.gz)",
            TinyCifar.Archive,
            _ => TinyCifar.TarGz(TinyCifar.Files(20, 10)),
            path => CifarReader.Read("cifar10", Path.GetDirectoryName(path)!)
        ),
        new(
            "AG-News (.csv)",
            Path.Combine(AgNewsReader.Folder, AgNewsReader.Train),
            folder =>
            {
                TinyNews.Write(folder, 40, 10);
                return System.IO.File.ReadAllBytes(Path.Combine(folder, AgNewsReader.Folder, AgNewsReader.Train));
            },
            path => AgNewsReader.Read(Path.GetDirectoryName(Path.GetDirectoryName(path))!)
        ),
        new(
            "vocabulary (.txt)",
            "vocab.txt",
            _ => "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\n"u8.ToArray(),
            path => Vocabulary.Read(path)
        ),
        new("grid (.json)", "grid.json", _ => Committed("docs", "grid.json"), path => Experiment.Read(path).Cells()),
        new(
            "result (.json)",
            Path.GetFileName(FirstResult()),
            _ => System.IO.File.ReadAllBytes(FirstResult()),
            ReadResult
        ),
        new(
            "frontier (.json)",
            "frontier.json",
            _ => Committed("data", "results", "frontier", FirstFrontier()),
            path => CertifiedFrontier.Read(path).ToTable()
        ),
        new(
            "notebook (.ipynb)",
            "a.ipynb",
            _ => Committed("notebooks", "01-theory-check.ipynb"),
            path => Notebook.Read(path).ToJson()
        ),
    ];

    static byte[] Committed(params string[] path) =>
        System.IO.File.ReadAllBytes(Path.Combine([WorkbookFolder.Root, .. path]));

    static string FirstFrontier() =>
        Path.GetFileName(
            Directory
                .EnumerateFiles(Path.Combine(WorkbookFolder.RecordedResults, "frontier"), "*.json")
                .Order(StringComparer.Ordinal)
                .First()
        );

    static string FirstResult() =>
        Directory.EnumerateFiles(WorkbookFolder.RecordedResults, "*.json").Order(StringComparer.Ordinal).First();

    // A store names what is no result, and goes on.
    static void ReadResult(string path)
    {
        string? fault = null;
        if (new ResultStore(Path.GetDirectoryName(path)!, remark: line => fault = line).All().Count == 0)
            throw new InvalidDataException(fault);
    }

    static byte[] DeepSet(string folder)
    {
        string path = Path.Combine(folder, "sound.safetensors");
        using var network = new DeepSetNetwork(3, 4, 0);
        DeepSetFile.Write(path, network, trim: 1);
        return System.IO.File.ReadAllBytes(path);
    }

    static byte[] Vote(string folder)
    {
        string path = Path.Combine(folder, "sound-vote.safetensors");
        var recipe = new CertifiedVoteRecipe(1, Hidden: 4, Passes: 1);
        using var answers = global::Workbook.Benchmarks.SyntheticProbits.Draw(60, 5, 3, seed: 1);
        using var trained = new CertifiedVoteCache(folder).Get(recipe, answers).Network;
        CertifiedVoteFile.Write(path, new CertifiedVoteCache(folder).Get(recipe, answers));
        return System.IO.File.ReadAllBytes(path);
    }

    static byte[] Calibrated(string folder)
    {
        string path = Path.Combine(folder, "sound-calibrated.safetensors");
        using var calibration = new ClientCalibration(5, 3);
        CalibratedFile.Write(path, new TrainedCalibrated(calibration, 2, 2));
        return System.IO.File.ReadAllBytes(path);
    }

    static void Checkpoint(string path)
    {
        using var checkpoint = global::RobustInference.Files.Checkpoint.Open(path);
        foreach (var (name, tensor) in checkpoint.Tensors)
        {
            if (tensor.Shape.Aggregate(1L, (a, b) => a * b) > 1 << 20)
                throw new InvalidDataException($"{path}: tensor {name} is larger than the test reads");
            using var target = torch.zeros([.. tensor.Shape]);
            checkpoint.CopyTo(name, target);
        }
    }
}
