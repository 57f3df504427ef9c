using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>Centred clipping (Karimireddy et al., 2021): from the coordinate-wise median, three times, the centre moves
/// by the mean of the rows' differences from it, each clipped to a radius.</summary>
/// <remarks>The radius is the median of the rows' distances from the centre, of an even number the lower: so there is
/// nothing to tune, and with f &lt; n/2 no corrupted row reaches further than some honest one. No κ, nothing is
/// certified. The backward pass takes the clipping for a constant factor.</remarks>
public sealed class CentredClipping : Aggregator
{
    const int Iterations = 3;

    // Under the root: a row in the centre has a gradient too.
    const double LeastSquare = 1e-16,
        Unclipped = 1 - 1e-5;

    public override string Name => "Centred clipping";

    public override Tensor Scores(Tensor answers)
    {
        CheckAnswers(answers);
        using var scope = NewDisposeScope();
        int n = (int)answers.shape[1];
        // Rows that lie close together have few digits of their distance left in single precision.
        var rows = answers.to(ScalarType.Float64);
        var centre = OrderStatistics.RangeMean(rows, (n - 1) / 2, n / 2 + 1).unsqueeze(1);
        for (int i = 0; i < Iterations; i++)
        {
            var apart = rows - centre;
            var distances = apart.square().sum(-1, keepdim: true).AtLeast(LeastSquare).sqrt();
            var radius = distances.detach().sort(1).Values.narrow(1, (n - 1) / 2, 1);
            // The row that gives the radius is not clipped, however its distance is rounded.
            var share = (radius / distances).detach();
            centre =
                centre
                + (apart * EveryDevice.Where(share > Unclipped, ones_like(share), share)).mean([1L], keepdim: true);
        }
        return centre.squeeze(1).to(answers.dtype).MoveToOuterDisposeScope();
    }
}
