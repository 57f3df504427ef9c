namespace RobustInference.Evaluation;

/// <summary>What of one rule is left after everything that is known to work against it.</summary>
/// <param name="Aggregator">The rule's name.</param>
/// <param name="Clean">Per sample, whether right without corruption.</param>
/// <param name="SurvivesPaper">Per sample, whether right when clean and under each of the paper's six.</param>
/// <param name="Survives">Per sample, whether right under every attack there is: never more than
/// <paramref name="SurvivesPaper"/>.</param>
/// <param name="Stages">What each further attack did, in order.</param>
/// <param name="Flags">Reasons to distrust the figure: a sentence each; empty where nothing is suspicious.</param>
public sealed record StrongReport(
    string Aggregator,
    bool[] Clean,
    bool[] SurvivesPaper,
    bool[] Survives,
    IReadOnlyList<AttackStage> Stages,
    IReadOnlyList<string> Flags
)
{
    /// <summary>The suite's figure: the share of samples that nothing broke, 0…1.</summary>
    public double Accuracy => RobustnessReport.Accuracy(Survives);

    /// <summary>What is left of all samples after each stage, 0…1: it falls from what the paper's six left to
    /// <see cref="Accuracy"/>.</summary>
    public IEnumerable<(string Attack, double Accuracy)> Left() =>
        Stages.Select(stage => (stage.Attack, (stage.Standing - stage.Broken) / (double)Clean.Length));
}
