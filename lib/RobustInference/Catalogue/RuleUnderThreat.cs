using RobustInference.Aggregators;
using RobustInference.Probits;

namespace RobustInference.Catalogue;

/// <summary>A rule, and the threat models that it is looked at under.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Only">The one threat model that its weights were trained for; null where it stands for both.</param>
public sealed record RuleUnderThreat(Aggregator Rule, Adversary? Only = null)
{
    /// <summary>Fixed before any.</summary>
    public IReadOnlyList<Adversary> Threats => Only is { } one ? [one] : [Adversary.Fixed, Adversary.Any];
}
