namespace RobustInference.Inputs;

/// <summary>The formats that are read, in one list: this is where a file's ending decides what reads it.</summary>
/// <param name="further">Readers beside the core's own.</param>
public sealed class ArrayReaders(params IReadOnlyList<IArrayReader> further)
{
    const int MostFiles = 2000;

    /// <summary>What the core reads: NumPy's files, <c>.safetensors</c> and torch's.</summary>
    public static ArrayReaders Core { get; } = new();

    /// <summary>Every reader.</summary>
    public IReadOnlyList<IArrayReader> All { get; } =
    [new NpzReader(), new NpyReader(), new CheckpointReader(), .. further];

    /// <summary>The endings that are read.</summary>
    public string Endings => string.Join(", ", All.SelectMany(reader => reader.Endings));

    /// <summary>Opens a file, a folder of files, or a list of files.</summary>
    /// <exception cref="InvalidDataException">No such format, or it is damaged; one line that names the
    /// file.</exception>
    /// <exception cref="FileNotFoundException">A file is not there.</exception>
    public ArraySource Open(IReadOnlyList<string> paths, InputOptions options)
    {
        if (paths.Count == 0)
            throw new ArgumentException("no file of answers is named");
        foreach (string path in paths)
            if (!File.Exists(path) && !Directory.Exists(path))
                throw new FileNotFoundException($"{path}: there is no such file or folder; check the path");
        if (paths is [var folder] && Directory.Exists(folder))
            return OfFolder(folder, options);
        return paths is [var one]
            ? Open(one, options, isPart: false)
            : new FolderSource(
                string.Join(", ", paths),
                [.. paths.Select(path => (NameOf(path, ""), Open(path, options, isPart: true)))]
            );
    }

    ArraySource OfFolder(string folder, InputOptions options)
    {
        string[] files =
        [
            .. Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(file => ReaderOf(file) is not null)
                .Take(MostFiles + 1)
                .Order(NaturalOrder.Instance),
        ];
        if (files.Length == 0)
            throw new InvalidDataException($"{folder}: the folder holds no file of answers; read are {Endings}");
        if (files.Length > MostFiles)
            throw new InvalidDataException(
                $"{folder}: the folder holds more than {MostFiles} files; name those that are meant"
            );
        return files is [var one]
            ? Open(one, options, isPart: false)
            : new FolderSource(
                folder,
                [.. files.Select(file => (NameOf(file, folder), Open(file, options, isPart: true)))]
            );
    }

    ArraySource Open(string path, InputOptions options, bool isPart)
    {
        if (Directory.Exists(path))
            throw new InvalidDataException($"{path}: is a folder among files; name a folder alone, or files");
        var reader =
            ReaderOf(path)
            ?? throw new InvalidDataException(
                $"{path}: files of this ending are not read; give one of {Endings}, or a folder of them"
            );
        return reader.Open(path, options, isPart);
    }

    IArrayReader? ReaderOf(string path)
    {
        string ending = Path.GetExtension(path).ToLowerInvariant();
        return All.FirstOrDefault(reader => reader.Endings.Contains(ending));
    }

    static string NameOf(string path, string folder) =>
        folder == ""
            ? Path.GetFileNameWithoutExtension(path)
            : Path.ChangeExtension(Path.GetRelativePath(folder, path), null).Replace(Path.DirectorySeparatorChar, '/');
}
