using System.Text.RegularExpressions;
using RobustInference.Files;
using RobustInference.Numerics;
using static TorchSharp.torch;

namespace RobustInference.Clients;

/// <summary>Puts a checkpoint's weights into a network of the same kind, by name; the head, which depends on the task,
/// may be another's or missing.</summary>
public static partial class PretrainedWeights
{
    const int Named = 3;

    /// <summary>Loads a checkpoint of torchvision's <c>vit_b_32</c> or of another vision transformer of the network's
    /// size; the names of torchvision before 0.13 are known too.</summary>
    /// <returns>Names of the head's parameters that stay as they are: the file has none, or one for another number of
    /// classes.</returns>
    /// <exception cref="InvalidDataException">A checkpoint that cannot be read; a missing or an extra tensor, a wrong
    /// shape or type, a number that is not finite: named.</exception>
    public static IReadOnlyList<string> LoadInplace(VisionTransformer network, string path) =>
        LoadInplace(network, path, VisionName, [("heads.head.", true)]);

    /// <summary>Loads a checkpoint of <c>distilbert-base-uncased</c> or of another DistilBERT of the network's size,
    /// with or without the prefix <c>distilbert.</c>; what belongs to its language model's head is left out.</summary>
    /// <inheritdoc cref="LoadInplace(VisionTransformer, string)"/>
    public static IReadOnlyList<string> LoadInplace(DistilBert network, string path) =>
        LoadInplace(network, path, LanguageName, [("pre_classifier.", false), ("classifier.", true)]);

    /// <param name="network">To fill.</param>
    /// <param name="path">The checkpoint.</param>
    /// <param name="nameOf">What the network calls a tensor of the file; null for one that is left out.</param>
    /// <param name="head">Layers that the file need not have, and whether their height is the number of classes, which
    /// may be another there.</param>
    static List<string> LoadInplace(
        nn.Module network,
        string path,
        Func<string, string?> nameOf,
        (string Layer, bool HasClasses)[] head
    )
    {
        using var checkpoint = Checkpoint.Open(path);
        var own = network.state_dict();
        var sources = new Dictionary<string, StoredTensor>();
        foreach (var tensor in checkpoint.Tensors.Values)
            if (nameOf(tensor.Name) is { } name && !sources.TryAdd(name, tensor))
                throw new InvalidDataException(
                    $"{path}: tensors {sources[name].Name} and {tensor.Name} are the same parameter"
                );
        // A layer of the head is taken whole or not at all.
        var fresh = head.SelectMany(part =>
                own.Keys.Where(name => name.StartsWith(part.Layer, StringComparison.Ordinal)).ToArray() is var names
                && names.Any(name => IsAnotherTasks(name, part.HasClasses))
                    ? names
                    : []
            )
            .ToList();
        Refuse("missing", own.Keys.Except(sources.Keys).Except(fresh));
        Refuse(
            $"unknown to a {network.GetName()}",
            sources.Where(pair => !own.ContainsKey(pair.Key)).Select(pair => pair.Value.Name)
        );
        var wanted = own.Where(pair => !fresh.Contains(pair.Key)).ToList();
        foreach (var (name, target) in wanted)
        {
            var source = sources[name];
            if (!source.Shape.SequenceEqual(target.shape))
                throw new InvalidDataException(
                    $"{path}: tensor {source.Name} has the shape {source.ShapeText}, wanted "
                        + $"({string.Join(", ", target.shape)})"
                );
            if (!source.IsFloat)
                throw new InvalidDataException($"{path}: tensor {source.Name} is of type {source.Type}, wanted floats");
        }
        // Only now is anything changed.
        foreach (var (name, target) in wanted)
        {
            checkpoint.CopyTo(sources[name].Name, target);
            if (!IsFinite(target))
                throw new InvalidDataException(
                    $"{path}: tensor {sources[name].Name} holds a number that is not finite"
                );
        }
        return fresh;

        bool IsAnotherTasks(string name, bool hasClasses) =>
            !sources.TryGetValue(name, out var source)
            || hasClasses
                && source.Shape.Length == own[name].dim()
                && source.Shape[0] != own[name].shape[0]
                && source.Shape[1..].SequenceEqual(own[name].shape[1..]);

        void Refuse(string why, IEnumerable<string> names)
        {
            string[] all = [.. names.Order(StringComparer.Ordinal)];
            if (all.Length == 1)
                throw new InvalidDataException($"{path}: tensor {all[0]} is {why}");
            if (all.Length > 1)
                throw new InvalidDataException(
                    $"{path}: {all.Length} tensors are {why}: "
                        + $"{string.Join(", ", all.Take(Named))}{(all.Length > Named ? ", …" : "")}"
                );
        }
    }

    static bool IsFinite(Tensor tensor)
    {
        if (tensor.IsFloatsOnCpu())
            return System.Numerics.Tensors.TensorPrimitives.IsFiniteAll<float>(tensor.Floats());
        using var scope = NewDisposeScope();
        return tensor.isfinite().all().item<bool>();
    }

    static string? VisionName(string name) =>
        OldPerceptron().Replace(name, match => match.Groups[1].Value == "1" ? "mlp.0." : "mlp.3.");

    static string? LanguageName(string name) =>
        name switch
        {
            _ when name.StartsWith("vocab_", StringComparison.Ordinal)
                    || name.EndsWith("embeddings.position_ids", StringComparison.Ordinal) => null,
            _ when name.StartsWith("embeddings.", StringComparison.Ordinal)
                    || name.StartsWith("transformer.", StringComparison.Ordinal) => "distilbert." + name,
            _ => name,
        };

    [GeneratedRegex(@"\bmlp\.linear_([12])\.")]
    private static partial Regex OldPerceptron();
}
