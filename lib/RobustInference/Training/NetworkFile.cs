using System.Globalization;
using RobustInference.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>A trained network on disk: its weights as float32, its kind and its sizes as metadata. Nothing in it is
/// believed before it is checked.</summary>
/// <param name="path">For messages.</param>
/// <param name="tensors">What the file holds.</param>
/// <param name="metadata">What it says about them.</param>
sealed class NetworkFile(string path, Dictionary<string, NamedTensor> tensors, Dictionary<string, string> metadata)
{
    /// <summary>Writes atomically.</summary>
    /// <param name="path">A <c>.safetensors</c> file.</param>
    /// <param name="kind">What it is, for programs.</param>
    /// <param name="network">The weights.</param>
    /// <param name="sizes">What is needed to make a network that they fit.</param>
    public static void Write(string path, string kind, nn.Module network, params (string Key, int Value)[] sizes)
    {
        var tensors = network
            .state_dict()
            .ToDictionary(
                pair => pair.Key,
                pair =>
                {
                    using var values = pair.Value.detach().cpu().contiguous();
                    return new NamedTensor(values.shape, values.numel() == 0 ? [] : values.data<float>().ToArray());
                }
            );
        var metadata = sizes.ToDictionary(size => size.Key, size => size.Value.ToString(CultureInfo.InvariantCulture));
        metadata["kind"] = kind;
        Safetensors.Write(path, tensors, metadata);
    }

    /// <summary>Opens a file of a kind.</summary>
    /// <exception cref="InvalidDataException">Another kind: it "is not <paramref name="what"/>".</exception>
    public static NetworkFile Open(string path, string kind, string what) => Open(path, [kind], what);

    /// <summary>Opens a file of one of several kinds.</summary>
    /// <inheritdoc cref="Open(string, string, string)" path="/exception"/>
    public static NetworkFile Open(string path, string[] kinds, string what)
    {
        var (tensors, metadata) = Safetensors.Read(path);
        return kinds.Contains(metadata.GetValueOrDefault("kind"))
            ? new NetworkFile(path, tensors, metadata)
            : throw new InvalidDataException($"{path}: is not {what}");
    }

    /// <summary>What a file says that it is; null where it says nothing.</summary>
    /// <exception cref="InvalidDataException">Not a safetensors file.</exception>
    public static string? KindOf(string path) => Safetensors.Read(path).Metadata.GetValueOrDefault("kind");

    /// <summary>What it is.</summary>
    public string Kind => metadata["kind"];

    /// <summary>A size.</summary>
    /// <exception cref="InvalidDataException">Not a whole number in the range.</exception>
    public int Whole(string key, int least, int most) =>
        int.TryParse(metadata.GetValueOrDefault(key), CultureInfo.InvariantCulture, out int value)
        && value >= least
        && value <= most
            ? value
            : throw new InvalidDataException(
                $"{path}: '{key}' is '{metadata.GetValueOrDefault(key)}', wanted a whole number in {least}…{most}"
            );

    /// <summary>Checks a linear layer's weight and bias: before a network of the size that the file claims is
    /// made.</summary>
    /// <exception cref="InvalidDataException">A missing tensor, a wrong shape or a number that is not finite,
    /// named.</exception>
    public void CheckLinear(string name, int inputs, int outputs)
    {
        CheckTensor($"{name}.weight", outputs, inputs);
        CheckTensor($"{name}.bias", outputs);
    }

    /// <summary>Puts the weights into a network whose layers were all checked.</summary>
    /// <exception cref="InvalidDataException">There are further tensors.</exception>
    public void Fill(nn.Module network)
    {
        using var untracked = no_grad();
        var weights = network.state_dict();
        // Weights that are passed over would be another network.
        if (tensors.Keys.Except(weights.Keys).FirstOrDefault() is { } more)
            throw new InvalidDataException(
                $"{path}: tensor {more} is none of the network's; a later version may have written it"
            );
        foreach (var (name, target) in weights)
        {
            if (target.numel() == 0)
                continue;
            using var values = tensor(tensors[name].Values, tensors[name].Shape);
            target.copy_(values);
        }
    }

    /// <summary>Checks one tensor.</summary>
    /// <exception cref="InvalidDataException">It is missing, has a wrong shape or holds a number that is not
    /// finite.</exception>
    public void CheckTensor(string name, params long[] shape)
    {
        if (!tensors.TryGetValue(name, out var source))
            throw new InvalidDataException($"{path}: tensor {name} is missing");
        if (!source.Shape.SequenceEqual(shape))
            throw new InvalidDataException(
                $"{path}: tensor {name} has the shape ({string.Join(", ", source.Shape)}), wanted "
                    + $"({string.Join(", ", shape)})"
            );
        if (source.Values.Any(value => !float.IsFinite(value)))
            throw new InvalidDataException($"{path}: tensor {name} holds a number that is not finite");
    }
}
