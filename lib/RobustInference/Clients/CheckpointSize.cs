using RobustInference.Files;

namespace RobustInference.Clients;

/// <summary>The sizes of the network whose weights a checkpoint holds, read off the shapes of its tensors.</summary>
/// <remarks>How many heads share the width shows nowhere in a checkpoint: a head has 64 numbers, as in ViT-B/32 and
/// DistilBERT, or there is one head where 64 does not divide the width.</remarks>
public static class CheckpointSize
{
    const int NumbersPerHead = 64,
        LeastBytesPerNumber = 2;

    /// <summary>Of a vision transformer with torchvision's names.</summary>
    /// <exception cref="InvalidDataException">A checkpoint that cannot be read, or of another kind of
    /// network.</exception>
    public static VisionTransformerSize OfVisionTransformer(string path)
    {
        using var checkpoint = Checkpoint.Open(path);
        int[] patches = Shape(checkpoint, "conv_proj.weight", 4, "a vision transformer"),
            places = Shape(checkpoint, "encoder.pos_embedding", 3, "a vision transformer");
        int width = patches[0],
            patch = patches[2],
            side = (int)Math.Sqrt(Math.Max(places[1] - 1, 0));
        int hidden = HiddenOf(
            checkpoint,
            name =>
                name.EndsWith("encoder_layer_0.mlp.0.weight", StringComparison.Ordinal)
                || name.EndsWith("encoder_layer_0.mlp.linear_1.weight", StringComparison.Ordinal)
        );
        var size = new VisionTransformerSize(
            Image(side, patch, path),
            patch,
            width,
            Layers(checkpoint, ".ln_1.weight"),
            Heads(width),
            hidden
        );
        CheckHeld(checkpoint, size.Parameters);
        return size;
    }

    /// <summary>Of a DistilBERT with Hugging Face's names.</summary>
    /// <exception cref="InvalidDataException">A checkpoint that cannot be read, or of another kind of
    /// network.</exception>
    public static DistilBertSize OfDistilBert(string path)
    {
        using var checkpoint = Checkpoint.Open(path);
        int[] words = Shape(checkpoint, "embeddings.word_embeddings.weight", 2, "a DistilBERT"),
            places = Shape(checkpoint, "embeddings.position_embeddings.weight", 2, "a DistilBERT");
        int hidden = HiddenOf(
            checkpoint,
            name => name.EndsWith("transformer.layer.0.ffn.lin1.weight", StringComparison.Ordinal)
        );
        var size = new DistilBertSize(
            words[0],
            places[0],
            words[1],
            Layers(checkpoint, ".sa_layer_norm.weight"),
            Heads(words[1]),
            hidden
        );
        CheckHeld(checkpoint, size.Parameters);
        return size;
    }

    /// <summary>A network is made before its tensors are compared one by one, and a shape costs a hostile file
    /// nothing.</summary>
    static void CheckHeld(Checkpoint checkpoint, Int128 parameters)
    {
        if (parameters * LeastBytesPerNumber > checkpoint.Bytes)
            throw new InvalidDataException(
                $"{checkpoint.Path}: its shapes make a network of {parameters:N0} numbers, more than the file has "
                    + "room for"
            );
    }

    static int Heads(int width) => width % NumbersPerHead == 0 && width > 0 ? width / NumbersPerHead : 1;

    static int Image(int side, int patch, string path) =>
        (long)side * patch is var image and > 0 and <= 4096
            ? (int)image
            : throw new InvalidDataException($"{path}: {side} × {side} patches of {patch} pixels make no image");

    static int Layers(Checkpoint checkpoint, string suffix) =>
        checkpoint.Tensors.Keys.Count(name => name.EndsWith(suffix, StringComparison.Ordinal));

    static int HiddenOf(Checkpoint checkpoint, Func<string, bool> isFirst) =>
        checkpoint.Tensors.Values.FirstOrDefault(tensor => isFirst(tensor.Name)) is { Shape: [var hidden, _] }
        && hidden is > 0 and <= int.MaxValue
            ? (int)hidden
            : throw new InvalidDataException($"{checkpoint.Path}: has no perceptron in a first layer");

    static int[] Shape(Checkpoint checkpoint, string name, int axes, string kind)
    {
        var tensor =
            checkpoint.Tensors.Values.FirstOrDefault(tensor =>
                tensor.Name == name || tensor.Name == "distilbert." + name
            )
            ?? throw new InvalidDataException(
                $"{checkpoint.Path}: has no tensor {name}, so it holds no {kind["a ".Length..]}"
            );
        return tensor.Shape.Length == axes && tensor.Shape.All(length => length is > 0 and <= int.MaxValue)
            ? [.. tensor.Shape.Select(length => (int)length)]
            : throw new InvalidDataException(
                $"{checkpoint.Path}: tensor {tensor.Name} has the shape {tensor.ShapeText}, which {kind} has not"
            );
    }
}
