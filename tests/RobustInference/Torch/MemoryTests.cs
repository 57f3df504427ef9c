using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Torch;

[Collection(nameof(Alone))]
public class MemoryTests
{
    const int Operations = 100_000,
        Step = 10;

    [Fact]
    public void A_hundred_thousand_operations_in_dispose_scopes_leave_memory_as_it_was()
    {
        // 16 kB a tensor: a loop that kept them would grow by 1.6 GB.
        using var start = ones(4096);
        // The first round fills the allocators and the garbage collector's youngest generation.
        Loop(start, Operations);
        long before = ResidentMemory.BytesAfterCollection();
        Loop(start, Operations);
        long grown = ResidentMemory.BytesAfterCollection() - before;
        Assert.True(grown < 48 << 20, $"grew by {grown >> 20} MB");
    }

    [Fact]
    public void A_long_loop_with_gradients_leaves_memory_as_it_was()
    {
        using var weight = ones(64, 64, requires_grad: true);
        using var input = ones(64, 64);
        Learn(weight, input, 500);
        long before = ResidentMemory.BytesAfterCollection();
        Learn(weight, input, 1500);
        long grown = ResidentMemory.BytesAfterCollection() - before;
        Assert.True(grown < 48 << 20, $"grew by {grown >> 20} MB");
    }

    static void Loop(Tensor start, int operations)
    {
        for (int i = 0; i < operations / Step; i++)
        {
            using var scope = NewDisposeScope();
            var x = start;
            for (int k = 0; k < Step; k++)
                x = x * 1.0001f;
        }
    }

    static void Learn(Tensor weight, Tensor input, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            using var scope = NewDisposeScope();
            var loss = nn.functional.relu(input.matmul(weight)).square().mean();
            loss.backward();
            using var untracked = no_grad();
            weight.sub_(weight.grad! * 1e-4f);
            weight.grad!.zero_();
        }
    }
}
