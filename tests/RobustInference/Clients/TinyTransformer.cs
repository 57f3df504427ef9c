using RobustInference.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Clients;

/// <summary>Tiny networks whose answers and first training step torch worked out in float64: see
/// fixtures/make_transformers.py.</summary>
sealed class TinyTransformer(string name)
{
    const double Rate = 0.1;

    public static string Fixture(string file) =>
        Path.Combine(AppContext.BaseDirectory, "RobustInference", "Clients", "fixtures", file);

    public Tensor Floats(string array)
    {
        var numbers = Npz.Read(Fixture(name + ".npz"), array)[array];
        return tensor(numbers.ToFloats(), numbers.Shape);
    }

    public Tensor Integers(string array)
    {
        var numbers = Npz.Read(Fixture(name + ".npz"), array)[array];
        return tensor(numbers.ToIntegers(), numbers.Shape);
    }

    /// <summary>Copies the fixture's weights by name; both sides must have the same names and shapes.</summary>
    public void Load(nn.Module network)
    {
        using var untracked = no_grad();
        var stored = Safetensors.Read(Fixture(name + ".safetensors")).Tensors;
        var own = network.state_dict();
        Assert.Equal(stored.Keys.Order(StringComparer.Ordinal), own.Keys.Order(StringComparer.Ordinal));
        foreach (var (key, target) in own)
        {
            Assert.Equal(stored[key].Shape, target.shape);
            using var values = tensor(stored[key].Values, stored[key].Shape);
            target.copy_(values);
        }
    }

    /// <summary>One step of SGD on the fixture's labels; then every weight is what torch found, and it moved.</summary>
    public void AssertStep(nn.Module network, Func<Tensor> forward)
    {
        using var scope = NewDisposeScope();
        var before = network
            .named_parameters()
            .ToDictionary(pair => pair.name, pair => pair.parameter.detach().clone());
        using var optimizer = optim.SGD(network.parameters(), Rate);
        var loss = nn.functional.cross_entropy(forward(), Integers("labels"));
        Assert.Equal(Floats("loss").item<float>(), loss.item<float>(), 1e-5);
        loss.backward();
        optimizer.step();
        double moved = 0;
        foreach (var (key, parameter) in network.named_parameters())
        {
            AssertClose(Floats($"after/{key}"), parameter, key);
            moved = Math.Max(moved, Distance(before[key], parameter));
        }
        Assert.True(moved > 0.1, $"the step moved no weight by more than {moved}");
    }

    public static void AssertClose(Tensor wanted, Tensor got, string what)
    {
        Assert.Equal(wanted.shape, got.shape);
        double distance = Distance(wanted, got);
        Assert.True(distance < 1e-5, $"{what} is off by {distance:E2}");
    }

    static double Distance(Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        return (a.detach() - b.detach()).abs().max().item<float>();
    }
}
