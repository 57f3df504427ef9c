using RobustInference.Files;

namespace RobustInference.Inputs;

/// <summary>Several files as one: an array is called as its file, without the ending, or by both names where the file
/// holds several.</summary>
sealed class FolderSource : ArraySource
{
    /// <summary>What the main array of a file is called.</summary>
    const string Answers = "answers";

    readonly Dictionary<string, (ArraySource Source, string Name)> places = [];

    /// <param name="path">What messages call them together.</param>
    /// <param name="parts">Each file with the name that it gives its arrays.</param>
    /// <exception cref="InvalidDataException">Two files give one name.</exception>
    public FolderSource(string path, IReadOnlyList<(string Name, ArraySource Source)> parts)
    {
        Path = path;
        var arrays = new List<ArrayInfo>();
        foreach (var (name, source) in parts)
        foreach (var array in source.Arrays)
        {
            string full = source.Arrays.Count == 1 || array.Name == Answers ? name : $"{name}/{array.Name}";
            if (!places.TryAdd(full, (source, array.Name)))
                throw new InvalidDataException(
                    $"{source.Path}: another file is called {full} too; give each client's file a name of its own"
                );
            arrays.Add(array with { Name = full });
        }
        Arrays = arrays;
    }

    public override string Path { get; }

    public override string Form => $"{places.Values.Select(place => place.Source).Distinct().Count()} files";

    public override IReadOnlyList<ArrayInfo> Arrays { get; }

    public override string FileOf(string name) => places[name].Source.Path;

    public override NumpyArray Read(string name) => places[name].Source.Read(places[name].Name);
}
