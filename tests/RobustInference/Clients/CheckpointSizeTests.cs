using RobustInference.Clients;
using RobustInference.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Clients;

public sealed class CheckpointSizeTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory, InlineData(1), InlineData(3)]
    public void Parameters_are_those_of_a_network_without_its_head(int layers)
    {
        DistilBertSize words = new(Vocabulary: 11, Positions: 7, Width: 8, Layers: layers, Heads: 2, Hidden: 12);
        VisionTransformerSize images = new(Image: 32, Patch: 16, Width: 8, Layers: layers, Heads: 2, Hidden: 12);
        using var language = new DistilBert(4, words, 0, 0);
        using var vision = new VisionTransformer(4, images, 0, 0);
        Assert.Equal((Int128)Numbers(language, name => !name.Contains("classifier")), words.Parameters);
        Assert.Equal((Int128)Numbers(vision, name => !name.StartsWith("heads.")), images.Parameters);

        static long Numbers(nn.Module network, Func<string, bool> counts) =>
            network.named_parameters().Where(entry => counts(entry.name)).Sum(entry => entry.parameter.numel());
    }

    [Fact]
    public void The_published_sizes_have_the_published_numbers_of_parameters()
    {
        // Without the head of 1,000 classes that torchvision counts in 88,224,232, and the language model's in Hugging
        // Face's 66,955,010 for two classes.
        Assert.Equal(88_224_232 - 769_000, new VisionTransformerSize().Parameters);
        Assert.Equal(66_955_010 - 768 * 769 - 2 * 769, new DistilBertSize().Parameters);
    }

    /// <summary>Shapes cost a file little: names can be many, and a tensor narrow.</summary>
    [Fact]
    public void A_small_file_whose_shapes_make_a_large_network_is_refused_before_one_is_made()
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>
        {
            ["embeddings.word_embeddings.weight"] = zeros(10, 8),
            ["embeddings.position_embeddings.weight"] = zeros(5, 8),
            ["transformer.layer.0.ffn.lin1.weight"] = zeros(100_000, 1),
        };
        for (int layer = 0; layer < 500; layer++)
            tensors[$"transformer.layer.{layer}.sa_layer_norm.weight"] = zeros(1);
        Safetensors.Write(folder.File("language"), tensors, new Dictionary<string, string>());
        Assert.Contains(
            "more than the file has room for",
            Assert.Throws<InvalidDataException>(() => CheckpointSize.OfDistilBert(folder.File("language"))).Message
        );

        var images = new Dictionary<string, Tensor>
        {
            ["conv_proj.weight"] = zeros(8, 3, 4, 4),
            ["encoder.pos_embedding"] = zeros(1, 5, 8),
            ["encoder.layers.encoder_layer_0.mlp.0.weight"] = zeros(100_000, 1),
            ["encoder.layers.encoder_layer_0.ln_1.weight"] = zeros(8),
        };
        Safetensors.Write(folder.File("vision"), images, new Dictionary<string, string>());
        Assert.Contains(
            "more than the file has room for",
            Assert.Throws<InvalidDataException>(() => CheckpointSize.OfVisionTransformer(folder.File("vision"))).Message
        );
    }
}
