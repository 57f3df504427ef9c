namespace RobustInference.Running;

/// <summary>The figures by which rules are compared under one threat model, each 0…1, null where a rule has
/// none.</summary>
/// <param name="Aggregator">The rule's name.</param>
/// <param name="Certified">Certified accuracy.</param>
/// <param name="Strong">What the strong suite leaves.</param>
/// <param name="Clean">Accuracy without corruption.</param>
public sealed record RuleScore(string Aggregator, double? Certified, double? Strong, double Clean)
{
    /// <summary>How rules are ranked, in words.</summary>
    public const string Criterion = "certified accuracy, then strong suite, then clean accuracy";

    /// <summary>The best rule by <see cref="Criterion"/>; of equal ones the first. A figure that a rule does not have
    /// is below every figure.</summary>
    /// <exception cref="InvalidOperationException">There are no rules.</exception>
    public static RuleScore Best(IEnumerable<RuleScore> rules) =>
        rules.OrderByDescending(rule => (rule.Certified ?? -1, rule.Strong ?? -1, rule.Clean)).First();

    /// <summary>A sentence that names the best rule and the criterion.</summary>
    public string Verdict(string threat) =>
        FormattableString.Invariant($"Best rule, {threat}: {Aggregator}, {Figure()} (criterion: {Criterion}).");

    string Figure() =>
        Certified is { } certified ? FormattableString.Invariant($"certified {100 * certified:0.0} %")
        : Strong is { } strong ? FormattableString.Invariant($"{100 * strong:0.0} % under the strong suite")
        : FormattableString.Invariant($"{100 * Clean:0.0} % clean");
}
