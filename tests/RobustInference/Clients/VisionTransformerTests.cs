using RobustInference.Clients;
using static TorchSharp.torch;

namespace Tests.RobustInference.Clients;

public class VisionTransformerTests
{
    static readonly VisionTransformerSize Tiny = new(Image: 12, Patch: 4, Width: 8, Layers: 2, Heads: 2, Hidden: 12);

    readonly TinyTransformer expected = new("vit");

    VisionTransformer Network()
    {
        var network = new VisionTransformer(3, Tiny, 0, 0);
        expected.Load(network);
        return network;
    }

    [Fact]
    public void Logits_are_those_that_torch_works_out_from_the_definition()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        TinyTransformer.AssertClose(expected.Floats("logits"), network.call(expected.Floats("images")), "logits");
    }

    [Fact]
    public void Small_images_are_enlarged_bilinearly()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        TinyTransformer.AssertClose(
            expected.Floats("small_logits"),
            network.call(expected.Floats("small_images")),
            "logits"
        );
    }

    [Fact]
    public void One_training_step_moves_every_weight_as_it_does_in_torch()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        expected.AssertStep(network, () => network.call(expected.Floats("images")));
    }

    // torchvision says num_params = 88,224,232 for vit_b_32 with 1000 classes.
    [Fact]
    public void By_default_there_are_as_many_parameters_as_in_ViT_B_32()
    {
        using var network = new VisionTransformer(1000, null, 0, 0);
        Assert.Equal(88_224_232, network.parameters().Sum(p => p.numel()));
        Assert.Equal(152, network.state_dict().Count);
    }

    [Fact]
    public void Initial_weights_come_from_seed_and_index_and_from_nothing_else()
    {
        static float[] Weights(long seed, long index)
        {
            using var network = new VisionTransformer(3, Tiny, seed, index);
            return
            [
                .. network
                    .state_dict()
                    .OrderBy(pair => pair.Key, StringComparer.Ordinal)
                    .SelectMany(pair => pair.Value.data<float>().ToArray()),
            ];
        }
        float[] first = Weights(0, 0);
        random.manual_seed(1234);
        Assert.Equal(first, Weights(0, 0));
        Assert.NotEqual(first, Weights(0, 1));
        Assert.NotEqual(first, Weights(1, 0));
    }

    [Fact]
    public void Sizes_that_do_not_fit_and_images_of_another_shape_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new VisionTransformer(3, Tiny with { Image = 13 }, 0, 0));
        Assert.Throws<ArgumentException>(() => new VisionTransformer(3, Tiny with { Heads = 3 }, 0, 0));
        Assert.Throws<ArgumentException>(() => new VisionTransformer(3, Tiny with { Layers = 0 }, 0, 0));
        using var network = new VisionTransformer(3, Tiny, 0, 0);
        using var grey = zeros(2, 1, 12, 12);
        using var wide = zeros(2, 3, 12, 16);
        Assert.Throws<ArgumentException>(() => network.call(grey));
        Assert.Throws<ArgumentException>(() => network.call(wide));
    }
}
