using RobustInference.Attacks;
using RobustInference.Evaluation;

namespace RobustInference.Catalogue;

/// <summary>A line of <see cref="AttackCatalog"/>: what is done to a rule.</summary>
public sealed class AttackEntry
{
    readonly Func<object?, RuleUnderAttack, Action<string, double>?, CancellationToken, bool[]> outcome;

    AttackEntry(
        string name,
        object? usual,
        bool beside,
        Func<object?, RuleUnderAttack, Action<string, double>?, CancellationToken, bool[]> outcome
    ) => (Name, Default, IsExcluded, this.outcome) = (name, usual, beside, outcome);

    /// <summary>The name in tables.</summary>
    public string Name { get; }

    /// <summary>Settings of the paper's tables; null for an attack without settings.</summary>
    public object? Default { get; }

    /// <summary>Shown beside the paper's six, never in their worst case.</summary>
    public bool IsExcluded { get; }

    /// <summary>Nobody lies.</summary>
    public static AttackEntry Clean { get; } =
        new(AttackSetting.Clean, null, false, (_, attacked, _, _) => attacked.Clean());

    /// <summary>What survives everything that is known to work.</summary>
    public static AttackEntry StrongSuite { get; } =
        new(
            AttackSetting.StrongSuite,
            new AdversarySettings(),
            true,
            (settings, attacked, progress, cancel) =>
                attacked.UnderEverything(((AdversarySettings)settings!).Adversary, progress, cancel)
        );

    /// <summary>What no attack can break, by the best certificate that is known for the rule; not an attack, but the
    /// same question from the other side.</summary>
    public static AttackEntry Certificate { get; } =
        new(
            AttackSetting.Certified,
            new AdversarySettings(),
            true,
            (settings, attacked, _, _) => attacked.Certified(((AdversarySettings)settings!).Adversary)
        );

    /// <summary>An attack without settings.</summary>
    public static AttackEntry Plain(IAttack attack, bool beside = false) =>
        new(attack.Name, null, beside, (_, attacked, _, _) => attacked.Under(attack));

    /// <summary>An attack with settings; its name must not depend on them.</summary>
    public static AttackEntry Of<T>(T usual, Func<T, IAttack> make)
        where T : class =>
        new(make(usual).Name, usual, false, (settings, attacked, _, _) => attacked.Under(make((T)settings!)));

    /// <summary>Per sample, whether the rule is right.</summary>
    /// <exception cref="ArgumentException">Settings of another attack.</exception>
    public bool[] Outcome(
        object? settings,
        RuleUnderAttack attacked,
        Action<string, double>? progress = null,
        CancellationToken cancel = default
    ) =>
        settings?.GetType() == Default?.GetType()
            ? outcome(settings, attacked, progress, cancel)
            : throw new ArgumentException(
                $"{Name} takes {Default?.GetType().Name ?? "no settings"}, not {settings?.GetType().Name ?? "none"}"
            );
}
