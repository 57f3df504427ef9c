using System.Globalization;
using RobustInference.Aggregators;
using RobustInference.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>A trained DeepSet on disk: its weights as float32, its sizes and its trim as metadata.</summary>
public static class DeepSetFile
{
    const string Kind = "robust-inference/deepset";

    /// <summary>Writes atomically.</summary>
    /// <param name="path">A <c>.safetensors</c> file.</param>
    /// <param name="network">The weights.</param>
    /// <param name="trim">t of DeepSet-TM, f in training.</param>
    public static void Write(string path, DeepSetNetwork network, int trim)
    {
        var tensors = network.state_dict().ToDictionary(pair => pair.Key, pair =>
        {
            using var values = pair.Value.detach().cpu().contiguous();
            return new NamedTensor(values.shape, values.data<float>().ToArray());
        });
        Safetensors.Write(path, tensors, new Dictionary<string, string>
        {
            ["kind"] = Kind, ["classes"] = Number(network.Classes), ["hidden"] = Number(network.Hidden), ["trim"] = Number(trim),
        });

        static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">Another kind of file, a missing tensor or a wrong shape, named.</exception>
    public static (DeepSetNetwork Network, int Trim) Read(string path)
    {
        var (tensors, metadata) = Safetensors.Read(path);
        if (metadata.GetValueOrDefault("kind") != Kind) throw new InvalidDataException($"{path}: is not a trained DeepSet");
        int classes = Whole("classes", 2, 100_000), hidden = Whole("hidden", 1, 16_384), trim = Whole("trim", 0, 100_000);
        // Everything is checked before a network of the size that the file claims is made.
        foreach (var (name, inputs, outputs) in new[] { ("rho_in", classes, hidden), ("rho_out", hidden, hidden), ("mu_in", hidden, hidden), ("mu_out", hidden, classes) })
        {
            Check($"{name}.weight", outputs, inputs);
            Check($"{name}.bias", outputs);
        }
        var network = new DeepSetNetwork(classes, hidden, 0);
        using var untracked = no_grad();
        foreach (var (name, target) in network.state_dict())
        {
            using var values = tensor(tensors[name].Values, tensors[name].Shape);
            target.copy_(values);
        }
        return (network, trim);

        void Check(string name, params long[] shape)
        {
            if (!tensors.TryGetValue(name, out var source)) throw new InvalidDataException($"{path}: tensor {name} is missing");
            if (!source.Shape.SequenceEqual(shape))
                throw new InvalidDataException($"{path}: tensor {name} has the shape ({string.Join(", ", source.Shape)}), wanted ({string.Join(", ", shape)})");
            if (source.Values.Any(value => !float.IsFinite(value))) throw new InvalidDataException($"{path}: tensor {name} holds a number that is not finite");
        }

        int Whole(string key, int least, int most) => int.TryParse(metadata.GetValueOrDefault(key), CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
            ? value
            : throw new InvalidDataException($"{path}: '{key}' is '{metadata.GetValueOrDefault(key)}', wanted a whole number in {least}…{most}");
    }
}
