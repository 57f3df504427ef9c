using System.Diagnostics;
using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Torch;

/// <summary>A scalar must live as long as the native call that reads it, whenever the garbage is collected. As
/// TorchSharp comes, hundreds of these calls fail: see RobustInference.targets.</summary>
[Collection(nameof(Alone))]
public class ScalarLifetimeTests
{
    [Fact]
    public void TorchSharp_in_the_output_holds_its_arguments_to_the_end_of_a_call() =>
        Assert.True(typeof(torch).Assembly.GetCustomAttribute<DebuggableAttribute>()!.IsJITOptimizerDisabled);

    [Fact]
    public void Scalars_survive_a_garbage_collection_during_the_call()
    {
        using var stop = new CancellationTokenSource();
        var collectors = Enumerable
            .Range(0, 3)
            .Select(_ => new Thread(() =>
            {
                while (!stop.IsCancellationRequested)
                {
                    GC.Collect(0);
                    GC.WaitForPendingFinalizers();
                }
            }))
            .ToArray();
        foreach (var collector in collectors)
            collector.Start();
        try
        {
            using var x = ones(4);
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed < TimeSpan.FromSeconds(3))
            {
                using var scope = NewDisposeScope();
                x.fill_(1);
                x.add_(1);
                x.add_(x, 0.5);
                Assert.Equal([4, 4, 4, 4], ((x + x) * 0.5 + 1).clamp_max(9).data<float>().ToArray());
            }
        }
        finally
        {
            stop.Cancel();
            foreach (var collector in collectors)
                collector.Join();
        }
    }
}
