using RobustInference.Attacks;

namespace RobustInference.Experiments;

/// <summary>A line of <see cref="AttackCatalog"/>.</summary>
public sealed class AttackEntry
{
    readonly Func<object?, IAttack?> make;

    AttackEntry(string name, object? usual, bool beside, Func<object?, IAttack?> make) => (Name, Usual, IsBeside, this.make) = (name, usual, beside, make);

    /// <summary>The name in tables.</summary>
    public string Name { get; }

    /// <summary>Settings of the paper's tables; null for an attack without settings.</summary>
    public object? Usual { get; }

    /// <summary>Shown beside the others, never in a worst case.</summary>
    public bool IsBeside { get; }

    /// <summary>Nobody lies.</summary>
    public static AttackEntry Clean { get; } = new(AttackSetting.Clean, null, false, _ => null);

    /// <summary>An attack without settings.</summary>
    public static AttackEntry Plain(IAttack attack, bool beside = false) => new(attack.Name, null, beside, _ => attack);

    /// <summary>An attack with settings; its name must not depend on them.</summary>
    public static AttackEntry Of<T>(T usual, Func<T, IAttack> make) where T : class => new(make(usual).Name, usual, false, settings => make((T)settings!));

    /// <summary>The attack; null for Clean.</summary>
    public IAttack? Make(object? settings) => settings?.GetType() == Usual?.GetType()
        ? make(settings)
        : throw new ArgumentException($"{Name} takes {Usual?.GetType().Name ?? "no settings"}, not {settings?.GetType().Name ?? "none"}");
}
