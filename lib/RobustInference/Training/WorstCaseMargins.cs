using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Networks;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>The margins over the latent box as a loss can use them: by intervals, in float32, differentiable in weights
/// and encodings, without room for rounding.</summary>
/// <remarks>Intervals train better than the tighter relaxation that certifies: its bounds are looser to begin with, and
/// the network learns to make them tight.</remarks>
public static class WorstCaseMargins
{
    const int MostClassesForPairs = 32;

    /// <summary>Lower bounds of s_y − s_k for all k.</summary>
    /// <param name="network">μ.</param>
    /// <param name="known">[B, n−u, h], encodings of the rows whose content is known.</param>
    /// <param name="places">Which of their order statistics the ends of the box are the means of.</param>
    /// <param name="labels">[B].</param>
    /// <returns>[B, K]; 0 at k = y.</returns>
    public static Tensor Of(DeepSetNetwork network, Tensor known, BoxPlaces places, Tensor labels)
    {
        using var scope = NewDisposeScope();
        Tensor low = OrderStatistics.RangeMean(known, places.Low, places.Low + places.Count),
            high = OrderStatistics.RangeMean(known, places.High, places.High + places.Count);
        Tensor first = network.MuIn.weight!,
            last = network.MuOut.weight!;
        Tensor middle = network.MuIn.call((low + high) * 0.5f),
            reach = nn.functional.linear((high - low) * 0.5f, first.Size());
        Tensor lowActive = EveryDevice.Relu(middle - reach),
            highActive = EveryDevice.Relu(middle + reach);
        var scores = network.MuOut.call((lowActive + highActive) * 0.5f);
        var moved = Moved((last.unsqueeze(1) - last).Size(), (highActive - lowActive) * 0.5f, labels);
        return (scores.gather(1, labels.unsqueeze(1)) - scores - moved).MoveToOuterDisposeScope();
    }

    /// <summary>How far the hidden units' radii can move each margin, Σ_j |w_yj − w_kj| r_j.</summary>
    /// <param name="apart">[K, K, d].</param>
    /// <param name="radii">[B, d].</param>
    /// <param name="labels">[B].</param>
    static Tensor Moved(Tensor apart, Tensor radii, Tensor labels)
    {
        long classes = apart.shape[0],
            samples = labels.shape[0];
        // All pairs in one product are quicker than every sample's own K rows, until there are many pairs.
        if (classes > MostClassesForPairs)
            return apart.Take(0, labels).bmm(radii.unsqueeze(2)).squeeze(2);
        var pairs = nn.functional.linear(radii, apart.view(classes * classes, -1)).view(samples, classes, classes);
        return pairs.gather(1, labels.view(-1, 1, 1).expand(samples, 1, classes)).squeeze(1);
    }
}
