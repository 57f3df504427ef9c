using System.Text.Json;
using System.Text.RegularExpressions;
using RobustInference.Files;
using RobustInference.Results;
using RobustInference.Serving;

namespace RobustInference.Running;

/// <summary>The committed list of further ensembles, <c>data/ensembles.json</c>.</summary>
public static partial class EnsembleList
{
    const long LargestList = 1 << 20;

    /// <summary>Reads the list; empty where there is none.</summary>
    /// <exception cref="InvalidDataException">It is no such list, or an entry is not sound: the message names
    /// it.</exception>
    public static IReadOnlyList<ListedEnsemble> Read(string path)
    {
        if (!File.Exists(path))
            return [];
        ListedEnsemble[] all;
        using (var file = InputFile.Open(path, "a list of ensembles"))
        {
            if (file.Length > LargestList)
                throw new InvalidDataException($"{path}: has {file.Length:N0} bytes, too many for a list of ensembles");
            try
            {
                all = JsonSerializer.Deserialize<ListedEnsemble[]>(file, ResultJson.Strict) ?? [];
            }
            catch (JsonException error)
            {
                throw new InvalidDataException($"{path}: {JsonFault.Reason(error)}", error);
            }
        }
        foreach (var ensemble in all)
            if (Fault(ensemble) is { } fault)
                throw new InvalidDataException($"{path}: the ensemble '{ensemble?.Name}' {fault}");
        return all.GroupBy(ensemble => ensemble.Name).FirstOrDefault(group => group.Count() > 1) is { } same
            ? throw new InvalidDataException($"{path}: names '{same.Key}' twice")
            : all;
    }

    static string? Fault(ListedEnsemble ensemble) =>
        ensemble is null ? "is null"
        : !FileName().IsMatch(ensemble.Name) ? "has a name that is not fit for a file"
        : !Hash().IsMatch(ensemble.Sha256) ? "has no SHA-256 of 64 hexadecimal digits"
        : ensemble.Bytes is <= 0 or > ListedEnsemble.Largest ? $"has {ensemble.Bytes:N0} bytes"
        : null;

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{0,99}$", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();

    [GeneratedRegex("^[0-9a-f]{64}$", RegexOptions.CultureInvariant)]
    private static partial Regex Hash();
}
