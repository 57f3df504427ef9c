using System.Text.Json;
using RobustInference.Files;
using RobustInference.Serving;

namespace RobustInference.Results;

/// <summary>One recorded result on disk: JSON, named by the hash of its configuration.</summary>
static class ResultFile
{
    const long Largest = 4 << 20;

    public const string Extension = ".json";

    public static string PathIn(string folder, string hash) => Path.Combine(folder, hash + Extension);

    /// <summary>Writes atomically.</summary>
    public static void Write(string folder, CellResult result) =>
        AtomicFile.WriteText(
            PathIn(folder, result.Configuration.Hash()),
            JsonSerializer.Serialize(result, ResultJson.Compact) + "\n"
        );

    /// <summary>Reads a file that anyone may have written.</summary>
    /// <returns>The result, or null and what is wrong with the file.</returns>
    public static (CellResult? Result, string Fault) Read(string path)
    {
        try
        {
            using var file = InputFile.Open(path, "a result", FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > Largest)
                return (null, $"is {file.Length:N0} bytes long, more than any result");
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            var result = JsonSerializer.Deserialize<CellResult>(bytes, ResultJson.Strict);
            if (result is null)
                return (null, "is no result");
            if (result.Fault() is { } fault)
                return (null, fault);
            return result.Configuration.Hash() == Path.GetFileNameWithoutExtension(path)
                ? (result, "")
                : (null, "is not named by the hash of its configuration");
        }
        catch (JsonException e)
        {
            return (null, "is no result: " + JsonFault.Reason(e));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return (null, "cannot be read: " + e.Message);
        }
    }
}
