using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using RobustInference.Aggregators;
using RobustInference.Numerics;
using RobustInference.Probits;

namespace RobustInference.Training;

/// <summary>Trained networks by the hash of what they were trained on and how: trained once, then read.</summary>
/// <param name="folder">Where they lie; made when needed.</param>
public sealed class DeepSetCache(string folder)
{
    /// <summary>Raised by hand when the same recipe on the same data would give another network.</summary>
    const int ResultsVersion = 1;

    /// <summary>The network of a recipe, trained if it is not there yet.</summary>
    public DeepSetNetwork Get(DeepSetRecipe recipe, ProbitSet validation, IProgress<PassProgress>? progress = null, CancellationToken cancel = default)
    {
        string path = Path.Combine(folder, $"deepset-{Key(recipe, validation)}.safetensors");
        if (File.Exists(path)) return DeepSetFile.Read(path).Network;
        var network = new AdversarialTraining(recipe).Train(validation, progress, cancel);
        DeepSetFile.Write(path, network, recipe.Corrupted);
        return network;
    }

    /// <summary>Sixteen hexadecimal digits of the SHA-256 over recipe, results version, probits and labels.</summary>
    public static string Key(DeepSetRecipe recipe, ProbitSet validation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(new { recipe, ResultsVersion, validation.Probits.shape }));
        hash.AppendData(MemoryMarshal.AsBytes(validation.Probits.Floats()));
        hash.AppendData(MemoryMarshal.AsBytes<long>(validation.Labels.Integers()));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
