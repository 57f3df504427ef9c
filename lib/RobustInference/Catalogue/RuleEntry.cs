using RobustInference.Aggregators;
using RobustInference.Probits;

namespace RobustInference.Catalogue;

/// <summary>A line of <see cref="RuleCatalog"/>: how a rule comes about, what it needs and what is proved for
/// it.</summary>
public sealed record RuleEntry
{
    readonly Func<object?, EnsembleId, int, object?> fix;
    readonly Func<object?, RuleInputs, Aggregator> make;

    RuleEntry(
        string id,
        Type? settings,
        Func<object?, EnsembleId, int, object?> fix,
        Func<object?, RuleInputs, Aggregator> make
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        (Id, SettingsType, this.fix, this.make) = (id, settings, fix, make);
    }

    /// <summary>Its identity in recorded results and grids.</summary>
    public string Id { get; }

    /// <summary>Type of its recipe; null for a rule without one.</summary>
    public Type? SettingsType { get; }

    /// <summary>What it takes.</summary>
    public RuleNeeds Needs { get; init; }

    /// <summary>What is proved for it.</summary>
    public RuleGuarantee Guarantee { get; init; }

    /// <summary>Whether Theorem 1 speaks of it: it has a κ.</summary>
    public bool HasKappa { get; init; }

    /// <summary>Whether it is compared where no rules are named.</summary>
    public bool IsDefault { get; init; } = true;

    /// <summary>For a user's own rule, what its code was: results of another version are not its results. Null for a
    /// rule of the library, whose results version says it.</summary>
    public string? Code { get; init; }

    /// <summary>The name in tables where it depends on the settings; null for the id.</summary>
    public Func<object?, string>? Label { get; init; }

    /// <summary>Default settings for one threat model, for a rule that is trained for one; null for other
    /// rules.</summary>
    public Func<int, Adversary, object>? ForAdversary { get; init; }

    /// <summary>The file that keeps what is trained; null for a rule that is not trained.</summary>
    public Func<object?, RuleInputs, string>? TrainedFile { get; init; }

    /// <summary>Whether the same settings make the same rule whatever f is, so that one rule meets several
    /// threats.</summary>
    public bool IsForAnyCorrupted { get; init; }

    /// <summary>Whether it is trained on the server's validation data.</summary>
    public bool IsTrained => Needs.HasFlag(RuleNeeds.Training);

    /// <summary>A rule that needs nothing but n and f.</summary>
    /// <param name="id">Its identity.</param>
    /// <param name="make">The rule for n and f.</param>
    public static RuleEntry Static(string id, Func<RuleInputs, Aggregator> make) =>
        new(id, null, (_, _, _) => null, (_, inputs) => make(inputs));

    /// <summary>A rule with settings, such as one that is trained by a recipe.</summary>
    /// <param name="id">Its identity.</param>
    /// <param name="defaults">The settings where an experiment names none.</param>
    /// <param name="fix">Fills in what follows from ensemble and f, such as the seed.</param>
    /// <param name="make">Makes the rule: trains it, or reads it from the cache.</param>
    public static RuleEntry With<T>(
        string id,
        Func<EnsembleId, T> defaults,
        Func<T, EnsembleId, int, T> fix,
        Func<T, RuleInputs, Aggregator> make
    )
        where T : class =>
        new(
            id,
            typeof(T),
            (settings, ensemble, corrupted) => fix((T?)settings ?? defaults(ensemble), ensemble, corrupted),
            (settings, inputs) => make((T)settings!, inputs)
        );

    /// <summary>The name in tables.</summary>
    public string LabelOf(object? settings) => Label?.Invoke(settings) ?? Id;

    /// <summary>Settings with nothing left open.</summary>
    /// <exception cref="ArgumentException">Settings of another rule.</exception>
    public object? Fix(object? settings, EnsembleId ensemble, int corrupted) =>
        fix(Checked(settings), ensemble, corrupted);

    /// <summary>The rule; its owner disposes it.</summary>
    /// <exception cref="ArgumentException">Settings of another rule.</exception>
    /// <exception cref="InvalidDataException">It needs validation data, and there is none.</exception>
    public Aggregator Make(object? settings, RuleInputs inputs) => make(Checked(settings), inputs);

    object? Checked(object? settings) =>
        settings is null || settings.GetType() == SettingsType
            ? settings
            : throw new ArgumentException(
                $"{Id} takes {SettingsType?.Name ?? "no settings"}, not {settings.GetType().Name}"
            );
}
