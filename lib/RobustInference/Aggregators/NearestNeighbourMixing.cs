using RobustInference.Numerics;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>Nearest-neighbour mixing before another rule (Allouah et al., 2023): every row is replaced by the mean of
/// the n−f rows nearest to it, itself among them.</summary>
/// <remarks>
/// <para>Rows that tie for the last places share them.</para>
/// <para>Where the other rule is (f, κ)-robust, this one is with 8f/(n−f) · (κ+1), as its authors have it. For n−f rows
/// S with mean x̄, let y_i be the mixed row of x_i. ‖a+b‖² ≤ (1+1/κ)‖a‖² + (1+κ)‖b‖² around the mean ȳ of the y_i gives
/// ‖answer − x̄‖² ≤ (κ+1)/|S| · Σ_S‖y_i − x̄‖². Now y_i − x̄ is 1/(n−f) times at most f differences x_j − x_i of rows
/// near x_i that are not in S, less as many of rows in S that are not near, each of which is no shorter: its square is
/// at most 4f/(n−f)² · Σ_S‖x_j − x_i‖², and Σ_SΣ_S‖x_j − x_i‖² = 2|S|·Σ_S‖x_i − x̄‖².</para>
/// </remarks>
/// <param name="rule">A rule over probits that does not know its clients; owned from here on.</param>
/// <param name="corrupted">f.</param>
public sealed class NearestNeighbourMixing(Aggregator rule, int corrupted) : MixingAggregator(rule)
{
    readonly int corrupted = Argument.AtLeast(corrupted, 0);

    public override string Name => $"NNM + {Rule.Name}";

    public override double? Kappa(int clients, int f) =>
        f == corrupted && Rule.Kappa(clients, f) is { } inner ? 8.0 * f / (clients - f) * (inner + 1) : null;

    /// <exception cref="ArgumentException">n ≤ f, or too few rows for the other rule.</exception>
    /// <inheritdoc/>
    public override Tensor Scores(Tensor answers)
    {
        CheckAnswers(answers, corrupted + 1L);
        return base.Scores(answers);
    }

    protected override MixingAggregator With(Aggregator other) => new NearestNeighbourMixing(other, corrupted);

    protected override Tensor Mixed(Tensor answers)
    {
        int kept = (int)answers.shape[1] - corrupted;
        var weights = NearestRows.Smallest(NearestRows.SquaredDistances(answers), kept) / kept;
        return weights.to(answers.dtype).bmm(answers);
    }
}
