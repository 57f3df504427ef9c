using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace Workbook.Benchmarks;

/// <summary>Made-up ensembles for benchmarks, never for results: a sample's clients share a noisy view of it and add
/// noise of their own.</summary>
public static class SyntheticProbits
{
    /// <summary>S samples of n clients over K classes; at K = 100 the plain mean answers about half of them
    /// right.</summary>
    public static ProbitSet Draw(int samples, int clients, int classes, long seed)
    {
        using var scope = NewDisposeScope();
        using var generator = RandomStream.Torch(seed, "synthetic-probits");
        var labels = randint(0, classes, [samples], generator: generator);
        var signal = nn.functional.one_hot(labels, classes).to(ScalarType.Float32).unsqueeze(1) * 3.6f;
        var logits =
            signal
            + 1.4f * randn([samples, 1, classes], generator: generator)
            + 1.5f * randn([samples, clients, classes], generator: generator);
        return ProbitSet.FromLogits(
            "synthetic",
            logits.data<float>().ToArray(),
            logits.shape,
            labels.data<long>().ToArray()
        );
    }
}
