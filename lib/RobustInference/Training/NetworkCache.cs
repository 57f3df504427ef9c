using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using RobustInference.Files;
using RobustInference.Numerics;
using RobustInference.Probits;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>Trained networks by the hash of what they were trained on and how: trained once, then read.</summary>
/// <param name="folder">Where they lie; made when needed.</param>
/// <param name="kind">How the names of their files begin.</param>
public abstract class NetworkCache<TRecipe, TNetwork, TProgress>(string folder, string kind)
{
    // Two rules may have one network, and ask for it at the same time.
    static readonly ConcurrentDictionary<string, Lock> Gates = [];

    /// <summary>The network of a recipe, trained if it is not there yet.</summary>
    public TNetwork Get(
        TRecipe recipe,
        ProbitSet validation,
        IProgress<TProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        string path = PathOf(recipe, validation);
        var gate = Gates.GetOrAdd(Path.GetFullPath(path), _ => new());
        while (!gate.TryEnter(TimeSpan.FromMilliseconds(200)))
            LongWork.ThrowIfCancelled(cancel);
        try
        {
            if (File.Exists(path))
                return Read(path);
            var network = Train(recipe, validation, progress, cancel, StateOf(path));
            Keep(path, network, recipe);
            return network;
        }
        finally
        {
            gate.Exit();
        }
    }

    /// <summary>Told where a network could not be kept, and why; default: standard error.</summary>
    public Action<string> Remark { get; init; } = Console.Error.WriteLine;

    // The network is there all the same: whoever trained it shall not lose it to a full disk or a foreign folder.
    void Keep(string path, TNetwork network, TRecipe recipe)
    {
        try
        {
            Write(path, network, recipe);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Remark($"the trained network is not kept, and is trained again next time: {error.Message}");
        }
    }

    /// <summary>The file of a recipe's network, whether it is there or not.</summary>
    public string PathOf(TRecipe recipe, ProbitSet validation) =>
        Path.Combine(folder, $"{kind}-{KeyOf(recipe, validation)}.safetensors");

    /// <summary>Where the training of a recipe's network is kept on its way.</summary>
    public TrainingState StateOf(TRecipe recipe, ProbitSet validation) => StateOf(PathOf(recipe, validation));

    TrainingState StateOf(string path) => new(path + ".state") { Remark = Remark };

    /// <summary>Differs for every recipe and every data set.</summary>
    protected abstract string KeyOf(TRecipe recipe, ProbitSet validation);

    protected abstract TNetwork Train(
        TRecipe recipe,
        ProbitSet validation,
        IProgress<TProgress>? progress,
        CancellationToken cancel,
        TrainingState state
    );

    protected abstract TNetwork Read(string path);

    protected abstract void Write(string path, TNetwork network, TRecipe recipe);

    /// <summary>Sixteen hexadecimal digits of the SHA-256 over recipe, version, answers and labels.</summary>
    /// <param name="recipe">Written as JSON.</param>
    /// <param name="resultsVersion">Of what the recipe gives.</param>
    /// <param name="answers">[S, n, K], what is trained on.</param>
    /// <param name="labels">[S].</param>
    protected static string Hash(TRecipe recipe, int resultsVersion, Tensor answers, Tensor labels)
    {
        var description = new
        {
            recipe,
            ResultsVersion = resultsVersion,
            answers.shape,
        };
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(description, ReflectedJson.Compact));
        hash.AppendData(MemoryMarshal.AsBytes(answers.Floats()));
        hash.AppendData(MemoryMarshal.AsBytes<long>(labels.Integers()));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
