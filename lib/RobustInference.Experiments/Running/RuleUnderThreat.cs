using RobustInference.Catalogue;
using RobustInference.Probits;

namespace RobustInference.Running;

/// <summary>A rule, and the threat models that it is looked at under.</summary>
/// <param name="Rule">The rule with its settings.</param>
/// <param name="Only">The one threat model that its weights were trained for; null where it stands for both.</param>
public sealed record RuleUnderThreat(AggregatorSetting Rule, Adversary? Only = null)
{
    /// <summary>A rule by its id, under both threat models.</summary>
    public static implicit operator RuleUnderThreat(string id) => new(new AggregatorSetting(id));

    /// <summary>Fixed before any.</summary>
    public IReadOnlyList<Adversary> Threats => Only is { } one ? [one] : [Adversary.Fixed, Adversary.Any];

    /// <summary>The catalogue's default rules; a rule that is trained for a threat model comes once for each.</summary>
    /// <param name="corrupted">f.</param>
    /// <param name="hasValidation">Whether there is validation data; without it, what needs it is left out.</param>
    public static IReadOnlyList<RuleUnderThreat> Defaults(int corrupted, bool hasValidation) =>
        [
            .. RuleCatalog
                .Default.Where(entry => hasValidation || !entry.Needs.HasFlag(RuleNeeds.Validation))
                .SelectMany(entry =>
                    entry.ForAdversary is { } settings
                        ? Enum.GetValues<Adversary>()
                            .Select(adversary => new RuleUnderThreat(
                                new(entry.Id, settings(corrupted, adversary)),
                                adversary
                            ))
                        : [new(new AggregatorSetting(entry.Id))]
                ),
        ];
}
