using RobustInference.Certificates;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Serving;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>Coordinate-wise median (Yin et al., 2018): per class, the middle value over clients.</summary>
/// <remarks>
/// <para>Even n: the mean of the two middle values, or the lower one if asked for, as some frameworks have it.</para>
/// <para>(f, κ)-robust with κ = 4(1 + f/(n−2f))² (Allouah et al., 2023). With one-hot clients all scores can be zero: a
/// tie, which counts as lost.</para>
/// </remarks>
public sealed class CoordinateWiseMedian(bool lower = false) : Aggregator, IRangeMean
{
    public override string Name => "CWMed";

    public override bool IsMonotone => true;

    public override ICertificate Certificate(Adversary adversary) => new RangeMeanWorstCase(this);

    public override double? Kappa(int clients, int corrupted) => Certificates.Kappa.Median(clients, corrupted);

    public override ServedRule ToServed() => new ServedRangeMean(lower ? RangeKind.LowerMedian : RangeKind.Median);

    public override Tensor Scores(Tensor answers)
    {
        CheckAnswers(answers);
        var (from, to) = Kept((int)answers.shape[1]);
        return OrderStatistics.RangeMean(answers, from, to);
    }

    public override ConditionedAggregator Given(
        Tensor answers,
        IReadOnlyList<int> corrupted,
        SortGradient gradient = SortGradient.Mean
    )
    {
        CheckAnswers(answers);
        var (from, to) = Kept((int)answers.shape[1]);
        using var honest = Rows.Without(answers, corrupted);
        return new RangeMeanGiven(honest, corrupted.Count, from, to, gradient);
    }

    public (int From, int To) Kept(int clients) => ((clients - 1) / 2, lower ? (clients - 1) / 2 + 1 : clients / 2 + 1);
}
