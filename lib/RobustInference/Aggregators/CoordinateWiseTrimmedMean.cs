using RobustInference.Certificates;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Serving;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>Coordinate-wise trimmed mean (Yin et al., 2018): per class, drop the t smallest and t largest values,
/// average the rest.</summary>
/// <remarks>
/// <para>(f, κ)-robust with κ = 6f/(n−2f) · (1 + f/(n−2f)) for t = f (Allouah et al., 2023); t = 0 is the plain
/// mean.</para>
/// <para>Monotone in every coordinate, so its worst case is known exactly: see <see cref="IRangeMean"/>.</para>
/// </remarks>
public sealed class CoordinateWiseTrimmedMean(int trim) : Aggregator, IRangeMean
{
    readonly int trim = Argument.AtLeast(trim, 0);

    public override string Name => "CWTM";

    public override bool IsMonotone => true;

    /// <summary>t; f in the paper.</summary>
    public int Trim => trim;

    public (int From, int To) Kept(int clients) => (trim, clients - trim);

    public override ICertificate Certificate(Adversary adversary) => new RangeMeanWorstCase(this);

    /// <summary>Only for t = f.</summary>
    public override double? Kappa(int clients, int corrupted) =>
        trim == corrupted ? Certificates.Kappa.TrimmedMean(clients, corrupted) : null;

    public override ServedRule ToServed() => ServedRule.CoordinateWiseTrimmedMean(trim);

    /// <exception cref="ArgumentException">n ≤ 2t.</exception>
    /// <inheritdoc/>
    public override Tensor Scores(Tensor answers)
    {
        CheckAnswers(answers, 2L * trim + 1);
        return OrderStatistics.RangeMean(answers, trim, (int)answers.shape[1] - trim);
    }

    public override ConditionedAggregator Given(
        Tensor answers,
        IReadOnlyList<int> corrupted,
        SortGradient gradient = SortGradient.Mean
    )
    {
        CheckAnswers(answers, 2L * trim + 1);
        using var honest = Rows.Without(answers, corrupted);
        return new RangeMeanGiven(honest, corrupted.Count, trim, (int)answers.shape[1] - trim, gradient);
    }
}
