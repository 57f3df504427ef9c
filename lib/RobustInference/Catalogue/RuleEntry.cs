using RobustInference.Aggregators;

namespace RobustInference.Catalogue;

/// <summary>A line of <see cref="RuleCatalog"/>: how a rule comes about.</summary>
public sealed class RuleEntry
{
    readonly Func<object?, EnsembleId, int, object?> fix;
    readonly Func<object?, RuleInputs, Aggregator> make;

    RuleEntry(
        string name,
        Type? settings,
        Func<object?, EnsembleId, int, object?> fix,
        Func<object?, RuleInputs, Aggregator> make
    ) => (Name, SettingsType, this.fix, this.make) = (name, settings, fix, make);

    /// <summary>The name in tables.</summary>
    public string Name { get; }

    /// <summary>Type of its recipe; null for a rule without one.</summary>
    public Type? SettingsType { get; }

    /// <summary>Whether it takes the server's validation data to make it.</summary>
    public bool IsTrained => SettingsType is not null;

    /// <summary>A rule that needs nothing but n and f.</summary>
    public static RuleEntry Static(string name, Func<RuleInputs, Aggregator> make) =>
        new(name, null, (_, _, _) => null, (_, inputs) => make(inputs));

    /// <summary>A rule that is trained by a recipe.</summary>
    /// <param name="name">The name in tables.</param>
    /// <param name="usual">The recipe where an experiment names none.</param>
    /// <param name="fix">Fills in what follows from ensemble and f, such as the seed.</param>
    /// <param name="make">Trains the rule, or reads it from the cache.</param>
    public static RuleEntry Trained<T>(
        string name,
        Func<EnsembleId, T> usual,
        Func<T, EnsembleId, int, T> fix,
        Func<T, RuleInputs, Aggregator> make
    )
        where T : class =>
        new(
            name,
            typeof(T),
            (settings, ensemble, corrupted) => fix((T?)settings ?? usual(ensemble), ensemble, corrupted),
            (settings, inputs) => make((T)settings!, inputs)
        );

    /// <summary>Settings with nothing left open.</summary>
    public object? Fix(object? settings, EnsembleId ensemble, int corrupted) =>
        fix(Checked(settings), ensemble, corrupted);

    /// <summary>The rule; its owner disposes it.</summary>
    public Aggregator Make(object? settings, RuleInputs inputs) => make(Checked(settings), inputs);

    object? Checked(object? settings) =>
        settings is null || settings.GetType() == SettingsType
            ? settings
            : throw new ArgumentException(
                $"{Name} takes {SettingsType?.Name ?? "no settings"}, not {settings.GetType().Name}"
            );
}
