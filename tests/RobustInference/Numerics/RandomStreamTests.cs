using RobustInference.Numerics;

namespace Tests.RobustInference.Numerics;

public class RandomStreamTests
{
    [Fact]
    public void Streams_of_different_names_differ_and_equal_names_agree()
    {
        ulong[] seeds = [RandomStream.Derive(0, "a"), RandomStream.Derive(1, "a"), RandomStream.Derive(0, "b"), RandomStream.Derive(0, "a", 1)];
        Assert.Equal(seeds.Length, seeds.Distinct().Count());
        Assert.Equal(seeds[0], RandomStream.Derive(0, "a"));
    }
}
