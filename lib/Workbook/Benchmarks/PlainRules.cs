using RobustInference.Aggregators;
using RobustInference.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Workbook.Benchmarks;

/// <summary>The aggregators in torch's own operators on all n rows, BPDA through sorts.</summary>
public static class PlainRules
{
    public static Tensor Mean(Tensor answers) => answers.mean([1L]);

    public static Tensor Median(Tensor answers)
    {
        int n = (int)answers.shape[1];
        return Bpda(answers, (n - 1) / 2, n / 2 + 1);
    }

    public static Tensor TrimmedMean(Tensor answers, int trim) => Bpda(answers, trim, (int)answers.shape[1] - trim);

    public static Tensor GeometricMedian(Tensor answers) =>
        RobustInference.Aggregators.GeometricMedian.InTorch(answers);

    public static Tensor DeepSet(DeepSetNetwork network, Tensor answers) =>
        network.Decode(network.Encode(answers).mean([1L]));

    public static Tensor DeepSetTrimmedMean(DeepSetNetwork network, Tensor answers, int trim) =>
        network.Decode(TrimmedMean(network.Encode(answers), trim));

    /// <summary>Forward the mean of a range of order statistics, backward that of all rows.</summary>
    static Tensor Bpda(Tensor rows, int from, int to)
    {
        var mean = rows.mean([1L]);
        using var untracked = rows.detach();
        return mean + (untracked.sort(1).Values.narrow(1, from, to - from).mean([1L]) - mean.detach());
    }
}
