using System.Security.Cryptography;
using System.Text.Json;

namespace RobustInference.Results;

/// <summary>Everything that decides a recorded result: the cell, the input that it ran on and the version of the code's
/// results.</summary>
/// <param name="Cell">What was run.</param>
/// <param name="Input">SHA-256 of the ensemble's file, or the fingerprint of the data that its clients were trained on;
/// hexadecimal.</param>
/// <param name="ResultsVersion">The version of the code that ran it.</param>
public sealed record ResultConfiguration(
    ExperimentCell Cell,
    string Input,
    int ResultsVersion = ResultConfiguration.CurrentVersion
)
{
    /// <summary>Raised by hand when the same cell on the same input would give another outcome.</summary>
    public const int CurrentVersion = 1;

    /// <summary>SHA-256 over all of it, hexadecimal: the name of its file.</summary>
    public string Hash() =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, ResultJson.Strict)));
}
