using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using RobustInference.Catalogue;
using RobustInference.Clients;
using RobustInference.Files;
using RobustInference.Inputs;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Serving;
using RobustInference.Training;

namespace RobustInference.Running;

/// <summary>Where the ensembles of experiments come from: files by their name, or clients trained on the
/// spot.</summary>
/// <param name="folders">Where files are looked for, in this order.</param>
/// <param name="data">Where the data sets lie.</param>
/// <param name="trained">Where trained ensembles are kept.</param>
public sealed class EnsembleSource(IReadOnlyList<string> folders, string data, string trained)
{
    const string Given = "answers-";
    const int IdDigits = 12,
        HashedAtOnce = 4 << 20;

    readonly ConcurrentDictionary<string, string> hashes = [];
    readonly ConcurrentDictionary<EnsembleId, (string Name, string Input, Func<ProbitArchive> Open)> given = [];
    readonly Lock training = new();

    /// <summary>Files that came with the repository or were fetched, after those of further
    /// <paramref name="folders"/>.</summary>
    public static EnsembleSource OfWorkbook(IEnumerable<string>? folders = null, string? data = null) =>
        new(
            [.. folders ?? [], .. WorkbookFolder.Ensembles],
            data ?? WorkbookFolder.DataCache,
            WorkbookFolder.TrainedEnsembles
        );

    /// <summary>Takes anyone's file in; what it is follows from its bytes, not from its name.</summary>
    /// <exception cref="InvalidDataException">It holds no answers: the message names the file, the array and the place
    /// in it.</exception>
    public EnsembleId Add(string path)
    {
        using var archive = ProbitArchive.Read(path);
        return Add(HashOf(path), Path.GetFileName(path), archive.Test.Clients, () => ProbitArchive.Read(path));
    }

    /// <summary>Takes in answers out of any file. A file in the documented form is known by its bytes, every other one
    /// by what it says: the same answers in another form are the same ensemble.</summary>
    /// <param name="input">The caller keeps it for as long as this source is asked for it.</param>
    public EnsembleId Add(InputEnsemble input) =>
        Add(
            input.IsDocumentedForm ? HashOf(input.Path) : Fingerprint(input.Archive),
            input.Title,
            input.Archive.Test.Clients,
            () =>
                new ProbitArchive(input.Archive.Validation?.Shared(), input.Archive.Test.Shared())
                {
                    Names = input.Names,
                }
        );

    /// <summary>Takes in answers that are read in blocks; only who reads blocks may open them.</summary>
    /// <param name="answers">The answers, whose files are read once for their hashes.</param>
    /// <param name="progress">Told how much of it is read, 0…1.</param>
    /// <param name="cancel">Checked on the way.</param>
    public EnsembleId Add(
        BlockedAnswers answers,
        Action<double>? progress = null,
        CancellationToken cancel = default
    ) =>
        Add(
            answers.Files is [var one]
                ? HashOf(one, progress, cancel)
                : Convert.ToHexStringLower(
                    SHA256.HashData([
                        .. answers.Files.SelectMany(file =>
                            System.Text.Encoding.ASCII.GetBytes(HashOf(file, progress, cancel))
                        ),
                    ])
                ),
            answers.Title,
            answers.Clients,
            () => throw new InvalidOperationException($"{answers.Path}: is read in blocks and not as a whole")
        );

    /// <summary>Takes in answers that are in memory; the caller keeps them for as long as this source is asked for
    /// them.</summary>
    /// <param name="archive">The answers.</param>
    /// <param name="name">What messages and tables call them.</param>
    public EnsembleId Add(ProbitArchive archive, string name) =>
        Add(
            Fingerprint(archive),
            name,
            archive.Test.Clients,
            () => new ProbitArchive(archive.Validation?.Shared(), archive.Test.Shared())
        );

    /// <summary>What people call the ensemble.</summary>
    public string NameOf(EnsembleId ensemble) => given.TryGetValue(ensemble, out var own) ? own.Name : ensemble.Name;

    /// <summary>Whether the ensemble can be opened: its file is here, or it is to be trained.</summary>
    public bool IsAtHand(EnsembleId ensemble) =>
        ensemble.Recipe is not null || given.ContainsKey(ensemble) || FileOf(ensemble) is not null;

    /// <summary>SHA-256 of the ensemble's file, or of the data that its clients are trained on.</summary>
    /// <exception cref="FileNotFoundException">There is neither.</exception>
    public string InputOf(EnsembleId ensemble) =>
        given.TryGetValue(ensemble, out var own) ? own.Input
        : ensemble.Recipe is null ? HashOf(FileOf(ensemble) ?? throw Missing(ensemble))
        : hashes.GetOrAdd("data:" + ensemble.Dataset, _ => Fingerprint(ensemble.Dataset));

    /// <summary>A name for the ensemble on this input, fit for a file.</summary>
    public string KeyOf(EnsembleId ensemble) =>
        ensemble.Name
        + "-"
        + ResultConfiguration.Of(new(ensemble, 0, 0, RuleId.Mean, AttackId.Clean), InputOf(ensemble)).Hash()[..16];

    /// <summary>What the input is called.</summary>
    public string InputName(EnsembleId ensemble) =>
        given.TryGetValue(ensemble, out var own) ? own.Name
        : ensemble.Recipe is null ? ensemble.Name + ".npz"
        : ensemble.Dataset;

    /// <summary>The ensemble's answers; clients are trained first where that is meant, one ensemble at a
    /// time.</summary>
    /// <exception cref="InvalidDataException">The file is another ensemble's.</exception>
    public ProbitArchive Open(EnsembleId ensemble, Action<string, double>? progress, CancellationToken cancel)
    {
        if (given.TryGetValue(ensemble, out var own))
            return own.Open();
        string file = ensemble.Recipe is null
            ? FileOf(ensemble) ?? throw Missing(ensemble)
            : Trained(ensemble, ensemble.Recipe, progress, cancel);
        var archive = ProbitArchive.Read(file);
        if (archive.Test.Clients == ensemble.Clients)
            return archive;
        int clients = archive.Test.Clients;
        archive.Dispose();
        throw new InvalidDataException($"{file}: holds {clients} clients, wanted {ensemble.Clients}");
    }

    EnsembleId Add(string input, string name, int clients, Func<ProbitArchive> open)
    {
        var ensemble = new EnsembleId(Given + input[..IdDigits], 0, clients, 0);
        given[ensemble] = (name, input, open);
        return ensemble;
    }

    string? FileOf(EnsembleId ensemble) =>
        folders.Select(folder => Path.Combine(folder, ensemble.Name + ".npz")).FirstOrDefault(File.Exists);

    FileNotFoundException Missing(EnsembleId ensemble) =>
        new(
            $"the ensemble {ensemble.Name} ({ensemble.Clients} clients) is not here, and no results "
                + $"of it are recorded: looked for {ensemble.Name}.npz in {string.Join(", ", folders)}; "
                + "'workbook clients train' makes one"
                + (
                    EnsembleList.Read(WorkbookFolder.EnsembleList).Any(listed => listed.Name == ensemble.Name)
                        ? ", and 'workbook data fetch ensembles' fetches the one of the recorded results"
                        : ""
                )
        );

    string Trained(EnsembleId ensemble, ClientRecipe recipe, Action<string, double>? progress, CancellationToken cancel)
    {
        string file = Path.Combine(trained, KeyOf(ensemble) + ".npz"),
            work = file + ".clients";
        lock (training)
        {
            if (File.Exists(file))
                return file;
            using var archive = new ClientTraining(recipe, ClientTask.Read(recipe, data), work).Run(
                Environment.ProcessorCount,
                new Clients(recipe.Clients, progress),
                cancel
            );
            archive.Write(file);
            Directory.Delete(work, recursive: true);
        }
        return file;
    }

    // A notebook lives long: a file that was written anew meanwhile is hashed anew.
    string HashOf(string path, Action<double>? progress = null, CancellationToken cancel = default) =>
        hashes.GetOrAdd(
            $"{path}|{File.GetLastWriteTimeUtc(path).Ticks}|{new FileInfo(path).Length}",
            _ =>
            {
                using var file = InputFile.Open(path, "a file of answers");
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                var part = new byte[HashedAtOnce];
                for (int read; (read = file.Read(part)) > 0; )
                {
                    hash.AppendData(part, 0, read);
                    progress?.Invoke((double)file.Position / file.Length);
                    LongWork.ThrowIfCancelled(cancel);
                }
                return Convert.ToHexStringLower(hash.GetHashAndReset());
            }
        );

    static string Fingerprint(ProbitArchive archive)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var set in new[] { archive.Validation, archive.Test })
        {
            hash.AppendData(BitConverter.GetBytes(set?.Samples ?? 0));
            if (set is null)
                continue;
            hash.AppendData(MemoryMarshal.AsBytes<int>([set.Clients, set.Classes]));
            using var probits = set.Probits.contiguous();
            using var logits = set.Logits.contiguous();
            hash.AppendData(MemoryMarshal.AsBytes(probits.Floats()));
            hash.AppendData(MemoryMarshal.AsBytes(logits.Floats()));
            hash.AppendData(MemoryMarshal.AsBytes<long>(set.Labels.Integers()));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    string Fingerprint(string dataset)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (dataset == AgNewsReader.Name)
        {
            var (train, test) = AgNewsReader.Read(data);
            train.AppendTo(hash);
            test.AppendTo(hash);
        }
        else
        {
            var (train, test) = CifarReader.Read(dataset, data);
            train.AppendTo(hash);
            test.AppendTo(hash);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The clients' training as one stage.</summary>
    sealed class Clients(int count, Action<string, double>? progress) : IProgress<ClientProgress>
    {
        readonly double[] done = new double[count];

        public void Report(ClientProgress value)
        {
            var (client, seen, total, _, _) = value;
            lock (done)
            {
                done[client] = total == 0 ? 1 : (double)seen / total;
                progress?.Invoke($"training {count} clients", done.Sum() / count);
            }
        }
    }
}
