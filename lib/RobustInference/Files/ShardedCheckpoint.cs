using System.Text.Json;
using System.Text.RegularExpressions;
using RobustInference.Serving;

namespace RobustInference.Files;

/// <summary>A checkpoint in several files, as large ones are published: <c>model-00001-of-00003.safetensors</c> and so
/// on, with or without an index that says which tensor is where.</summary>
static partial class ShardedCheckpoint
{
    const int MostShards = 1000;
    const long LargestIndex = 64 << 20;

    /// <summary>The files of a checkpoint, of which one or the index is named; null where the name is that of a single
    /// file.</summary>
    /// <exception cref="InvalidDataException">An index that cannot be read, or that names a file outside of its
    /// folder.</exception>
    /// <exception cref="FileNotFoundException">A file is not there.</exception>
    public static IReadOnlyList<string>? Files(string path)
    {
        string folder = Path.GetDirectoryName(path) ?? "";
        string[]? names =
            path.EndsWith(".index.json", StringComparison.OrdinalIgnoreCase) ? [.. Index(path)]
            : Shard().Match(Path.GetFileName(path)) is { Success: true } shard ? Siblings(path, shard)
            : null;
        if (names is null)
            return null;
        string[] files = [.. names.Select(name => Path.Combine(folder, name))];
        return files.FirstOrDefault(file => !File.Exists(file)) is { } missing
            ? throw new FileNotFoundException(
                $"{path}: is one of {files.Length} files, of which {Path.GetFileName(missing)} is not beside it; "
                    + "download all of them"
            )
            : files;
    }

    /// <summary>All files as one checkpoint.</summary>
    /// <param name="path">What messages call it.</param>
    /// <param name="files">The files.</param>
    /// <param name="open">Opens one.</param>
    /// <exception cref="InvalidDataException">One cannot be read, or two hold the same tensor.</exception>
    public static Checkpoint Open(string path, IReadOnlyList<string> files, Func<string, Checkpoint> open)
    {
        var shards = new Shards();
        try
        {
            var tensors = new Dictionary<string, StoredTensor>();
            foreach (string file in files)
            {
                var shard = open(file);
                shards.Add(shard);
                foreach (var tensor in shard.Tensors.Values)
                    if (!tensors.TryAdd(tensor.Name, tensor))
                        throw new InvalidDataException($"{file}: tensor {tensor.Name} is in another file too");
            }
            return new(path, tensors.Values, shards) { Bytes = files.Sum(file => new FileInfo(file).Length) };
        }
        catch
        {
            shards.Dispose();
            throw;
        }
    }

    static string[] Siblings(string path, Match shard)
    {
        string count = shard.Groups[2].Value;
        int shards = int.Parse(count, System.Globalization.CultureInfo.InvariantCulture);
        if (shards is < 1 or > MostShards)
            throw new InvalidDataException($"{path}: is named as one of {shards} files; 1 to {MostShards} are read");
        string name = Path.GetFileName(path),
            before = name[..shard.Groups[1].Index],
            after = name[(shard.Groups[1].Index + shard.Groups[1].Length)..];
        return [.. Enumerable.Range(1, shards).Select(i => $"{before}{i:D5}{after}")];
    }

    static IEnumerable<string> Index(string path)
    {
        byte[] bytes = InputFile.ReadAllBytes(path, LargestIndex, "an index of a checkpoint");
        try
        {
            using var json = JsonDocument.Parse(bytes);
            string[] names =
            [
                .. json
                    .RootElement.GetProperty("weight_map")
                    .EnumerateObject()
                    .Select(entry => entry.Value.GetString() ?? "")
                    .Distinct(),
            ];
            if (names.Length is < 1 or > MostShards)
                throw new InvalidDataException($"{path}: names {names.Length} files; 1 to {MostShards} are read");
            foreach (string name in names)
                if (name.Length == 0 || name != Path.GetFileName(name) || name.Any(char.IsControl) || name is "..")
                    throw new InvalidDataException($"{path}: names a file that is not a plain name in its own folder");
            return names;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: is not an index of a checkpoint, which has a weight_map", e);
        }
    }

    [GeneratedRegex(@"-(\d{5})-of-(\d{5})\.(safetensors|bin|pth|pt)$", RegexOptions.IgnoreCase)]
    private static partial Regex Shard();

    /// <summary>The open files.</summary>
    sealed class Shards : IDisposable
    {
        readonly List<Checkpoint> open = [];

        public void Add(Checkpoint shard) => open.Add(shard);

        public void Dispose()
        {
            foreach (var shard in open)
                shard.Dispose();
        }
    }
}
