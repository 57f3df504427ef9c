using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using RobustInference.Catalogue;

namespace RobustInference.Results;

/// <summary>Everything that decides a recorded result: the cell, the input that it ran on and the version of the code's
/// results.</summary>
/// <param name="Cell">What was run.</param>
/// <param name="Input">SHA-256 of the ensemble's file, or the fingerprint of the data that its clients were trained on;
/// hexadecimal.</param>
/// <param name="ResultsVersion">The version of the code that ran it.</param>
/// <param name="Code">What a user's own rule and attacks in the cell were; null where all are the library's.</param>
public sealed record ResultConfiguration(
    ExperimentCell Cell,
    string Input,
    int ResultsVersion = ResultConfiguration.CurrentVersion,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code = null
)
{
    /// <summary>Raised by hand when the same cell on the same input would give another outcome.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The configuration of a cell with the rules and attacks that are registered now.</summary>
    /// <exception cref="ArgumentException">An unknown rule or attack.</exception>
    public static ResultConfiguration Of(ExperimentCell cell, string input)
    {
        var attack = AttackCatalog.Named(cell.Attack.Name);
        string?[] own =
        [
            RuleCatalog.Named(cell.Aggregator.Name).Code,
            attack.Code,
            // A user's own attacks take part in the strong suite.
            .. attack.Id == AttackId.StrongSuite ? AttackCatalog.Own.Select(entry => entry.Code) : [],
        ];
        string[] known = [.. own.OfType<string>()];
        return new(cell, input, Code: known.Length == 0 ? null : string.Join(' ', known));
    }

    /// <summary>SHA-256 over all of it, hexadecimal: the name of its file.</summary>
    public string Hash() =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, ResultJson.Strict)));
}
