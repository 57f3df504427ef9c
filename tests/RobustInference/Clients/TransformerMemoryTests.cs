using RobustInference.Clients;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tests.RobustInference.Clients;

[Collection(nameof(Alone))]
public class TransformerMemoryTests
{
    const int Batch = 32,
        Tokens = 17,
        Width = 64,
        Steps = 400;

    /// <summary>A tensor left to the garbage collector in each step, of the size that passes between layers, would add
    /// up to 56 MB.</summary>
    const long Allowed = 32L << 20;

    static void AssertSteady(Action step)
    {
        // The first round fills the allocators.
        Repeat(step, Steps / 8);
        long before = ResidentMemory.BytesAfterCollection();
        Repeat(step, Steps);
        // Nothing is collected before this is read: the collector knows nothing of torch's memory, and may come late.
        long grown = ResidentMemory.Bytes() - before;
        Assert.True(grown < Allowed, $"grew by {grown >> 20} MB");
    }

    static void Repeat(Action step, int times)
    {
        for (int i = 0; i < times; i++)
            step();
    }

    static void Learn(nn.Module network, OptimizerHelper optimizer, Func<Tensor> forward)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        forward().square().mean().backward();
        optimizer.step();
    }

    [Fact]
    public void A_tensor_that_each_step_leaves_behind_is_noticed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the allocators of other systems were not tried");
        Assert.StartsWith(
            "grew by ",
            Assert.Throws<Xunit.Sdk.TrueException>(() => AssertSteady(() => ones(Batch, Tokens, Width))).Message
        );
    }

    [Fact]
    public void A_vision_transformer_leaves_memory_as_it_was()
    {
        using var network = new VisionTransformer(
            10,
            new(Image: 32, Patch: 8, Width: Width, Layers: 2, Heads: 4, Hidden: Width),
            0,
            0
        );
        using var images = ones(Batch, 3, 16, 16);
        AssertSteady(() =>
        {
            using var untracked = no_grad();
            network.call(images).Dispose();
        });
        using var optimizer = optim.SGD(network.parameters(), 1e-3);
        AssertSteady(() => Learn(network, optimizer, () => network.call(images)));
    }

    [Fact]
    public void DistilBERT_leaves_memory_as_it_was()
    {
        using var network = new DistilBert(
            4,
            new(Vocabulary: 50, Positions: Tokens, Width: Width, Layers: 2, Heads: 4, Hidden: Width),
            0,
            0
        );
        using var texts = ones(Batch, Tokens, dtype: ScalarType.Int64);
        network.eval();
        AssertSteady(() =>
        {
            using var untracked = no_grad();
            network.call(texts, texts).Dispose();
        });
        network.train();
        using var optimizer = optim.SGD(network.parameters(), 1e-3);
        AssertSteady(() => Learn(network, optimizer, () => network.call(texts, texts)));
    }
}
