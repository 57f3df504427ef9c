namespace RobustInference.Evaluation;

/// <summary>What one rule got right, sample by sample, clean and under every attack.</summary>
/// <param name="Aggregator">The rule's name.</param>
/// <param name="Clean">Per sample, without corruption.</param>
/// <param name="Attacked">Per attack of the worst case, per sample.</param>
/// <param name="Excluded">Attacks that are shown but do not enter the worst case.</param>
public sealed record RobustnessReport(
    string Aggregator,
    bool[] Clean,
    IReadOnlyList<(string Attack, bool[] Right)> Attacked,
    IReadOnlyList<(string Attack, bool[] Right)> Excluded
)
{
    /// <summary>The least accuracy over attacks: the paper's worst case.</summary>
    public double WorstCase => Attacked.Min(entry => Accuracy(entry.Right));

    /// <summary>Per sample, whether it survives every attack and is right without one.</summary>
    public bool[] Survives => [.. Clean.Select((right, s) => right && Attacked.All(entry => entry.Right[s]))];

    /// <summary>The share of samples that survive every attack; never more than <see cref="WorstCase"/>.</summary>
    public double PointwiseWorstCase => Accuracy(Survives);

    /// <summary>The share that is right, 0…1.</summary>
    public static double Accuracy(bool[] right) => (double)right.Count(r => r) / right.Length;

    /// <summary>Every figure of a table's row by its column: Clean, the attacks, Worst case, Pointwise worst case, the
    /// attacks beside.</summary>
    public IEnumerable<(string Attack, double Accuracy)> Figures() =>
        [
            ("Clean", Accuracy(Clean)),
            .. Attacked.Select(entry => (entry.Attack, Accuracy(entry.Right))),
            ("Worst case", WorstCase),
            ("Pointwise worst case", PointwiseWorstCase),
            .. Excluded.Select(entry => (entry.Attack, Accuracy(entry.Right))),
        ];
}
