using System.Text.Json.Serialization;

namespace RobustInference.Running;

/// <summary>An ensemble whose results are recorded and whose file is too large to come along.</summary>
/// <param name="Name">The file's name without <c>.npz</c>, one file's alone.</param>
/// <param name="Sha256">Of the file, in lower-case hexadecimal: the <c>input</c> of its results.</param>
/// <param name="Bytes">The file's size; null where it was not written down while the file was at hand.</param>
/// <param name="Recipe">The command that made it.</param>
/// <param name="UsedBy">What its results are for.</param>
/// <param name="RecordedAs">The name in its results, where another file had that name before: the same command on
/// another processor makes other bytes. Null where it is <paramref name="Name"/>.</param>
public sealed record ListedEnsemble(
    string Name,
    string Sha256,
    long? Bytes,
    string Recipe,
    string UsedBy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RecordedAs = null
)
{
    /// <summary>No ensemble is larger, in bytes; it bounds those whose size is not known.</summary>
    public const long Largest = 128L << 20;

    /// <summary>The name of its file.</summary>
    public string File => Name + ".npz";

    /// <summary>More bytes than this are not its file.</summary>
    public long AtMost => Bytes ?? Largest;
}
