using RobustInference.Attacks;
using RobustInference.Evaluation;

namespace RobustInference.Catalogue;

/// <summary>A line of <see cref="AttackCatalog"/>: what is done to a rule.</summary>
public sealed record AttackEntry
{
    readonly Func<object?, RuleUnderAttack, Action<string, double>?, CancellationToken, AttackOutcome> outcome;

    AttackEntry(
        string id,
        object? defaults,
        bool isExcluded,
        Func<object?, RuleUnderAttack, Action<string, double>?, CancellationToken, AttackOutcome> outcome
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        (Id, Default, IsExcluded, this.outcome) = (id, defaults, isExcluded, outcome);
    }

    /// <summary>Its identity in recorded results and grids, and its name in tables.</summary>
    public string Id { get; }

    /// <summary>Settings of the paper's tables; null for an attack without settings.</summary>
    public object? Default { get; }

    /// <summary>Shown beside the paper's six, never in their worst case.</summary>
    public bool IsExcluded { get; }

    /// <summary>Whether it takes the server's validation data.</summary>
    public bool NeedsValidation { get; init; }

    /// <summary>For a user's own attack, what its code was; null for an attack of the library.</summary>
    public string? Code { get; init; }

    /// <summary>The attack with its default settings; null where the entry is no single attack.</summary>
    public IAttack? Attack { get; init; }

    /// <summary>No client is corrupted.</summary>
    public static AttackEntry Clean { get; } =
        new(AttackId.Clean, null, false, (_, attacked, _, _) => new(attacked.Clean()));

    /// <summary>What survives every known attack.</summary>
    public static AttackEntry StrongSuite { get; } =
        new(
            AttackId.StrongSuite,
            new AdversarySettings(),
            true,
            (settings, attacked, progress, cancel) =>
            {
                var report = attacked.UnderStrongSuite(((AdversarySettings)settings!).Adversary, progress, cancel);
                return new(report.Survives, report.Flags.Count == 0 ? null : report.Flags);
            }
        );

    /// <summary>What no attack can break, by the best certificate that is known for the rule: not an attack, but the
    /// same question from the other side.</summary>
    public static AttackEntry Certificate { get; } =
        new(
            AttackId.Certified,
            new AdversarySettings(),
            true,
            (settings, attacked, _, _) => new(attacked.Certified(((AdversarySettings)settings!).Adversary))
        );

    /// <summary>The same by Theorem 1 of the paper, for a rule with κ.</summary>
    public static AttackEntry TheoremOne { get; } =
        new(
            AttackId.TheoremOne,
            new AdversarySettings(),
            true,
            (settings, attacked, _, _) => new(attacked.CertifiedByTheoremOne(((AdversarySettings)settings!).Adversary))
        );

    /// <summary>An attack without settings.</summary>
    public static AttackEntry Plain(IAttack attack, bool isExcluded = false) =>
        new(attack.Name, null, isExcluded, (_, attacked, _, _) => new(attacked.Under(attack)))
        {
            NeedsValidation = attack.NeedsValidation,
            Attack = attack,
        };

    /// <summary>An attack with settings; its name must not depend on them.</summary>
    /// <param name="attack">The attack with its default settings.</param>
    /// <param name="defaults">Those settings.</param>
    /// <param name="make">The attack with other settings.</param>
    public static AttackEntry Of<T>(IAttack attack, T defaults, Func<T, IAttack> make)
        where T : class =>
        new(
            attack.Name,
            defaults,
            false,
            (settings, attacked, _, _) => new(attacked.Under(defaults.Equals(settings) ? attack : make((T)settings!)))
        )
        {
            NeedsValidation = attack.NeedsValidation,
            Attack = attack,
        };

    /// <summary>Per sample, whether the rule is right.</summary>
    /// <exception cref="ArgumentException">Settings of another attack.</exception>
    public AttackOutcome Outcome(
        object? settings,
        RuleUnderAttack attacked,
        Action<string, double>? progress = null,
        CancellationToken cancel = default
    ) =>
        settings?.GetType() == Default?.GetType()
            ? outcome(settings, attacked, progress, cancel)
            : throw new ArgumentException(
                $"{Id} takes {Default?.GetType().Name ?? "no settings"}, not {settings?.GetType().Name ?? "none"}"
            );
}
