using System.Collections.Concurrent;
using RobustInference.Attacks;

namespace RobustInference.Catalogue;

/// <summary>Every attack by its id, open to a user's own; <see cref="AttackSuite"/> holds the same attacks as
/// lists.</summary>
/// <example><code>AttackCatalog.Register(new MyAttack());</code></example>
public static class AttackCatalog
{
    static readonly ConcurrentDictionary<string, AttackEntry> own = [];

    /// <summary>Those of the library: no attack, those of <see cref="AttackSuite"/> in its order, then what judges a
    /// rule as a whole.</summary>
    public static IReadOnlyList<AttackEntry> Library { get; } =
    [
        AttackEntry.Clean,
        .. AttackSuite.Paper.Select(EntryOf),
        .. AttackSuite.Excluded.Select(attack => AttackEntry.Plain(attack, isExcluded: true)),
        AttackEntry.StrongSuite,
        AttackEntry.Certificate,
        AttackEntry.TheoremOne,
    ];

    /// <summary>A user's own attacks, in the order of their ids.</summary>
    public static IReadOnlyList<AttackEntry> Own => [.. own.Values.OrderBy(entry => entry.Id, StringComparer.Ordinal)];

    /// <summary>The library's attacks, then a user's own.</summary>
    public static IReadOnlyList<AttackEntry> All => [.. Library, .. Own];

    /// <summary>Ids of Clean and the six of the paper's Table 2.</summary>
    public static IReadOnlyList<string> Paper { get; } =
    [AttackId.Clean, .. AttackSuite.Paper.Select(attack => attack.Name)];

    /// <summary>Ids of what is shown beside them, not in the worst case: two of the library, then a user's
    /// own.</summary>
    public static IReadOnlyList<string> Excluded =>
        [.. AttackSuite.Excluded.Select(attack => attack.Name), .. Own.Select(entry => entry.Id)];

    /// <summary>Adds a user's own attack: it is shown beside the paper's six, and takes part in the strong suite. One
    /// of the same name that was added before is replaced.</summary>
    /// <exception cref="ArgumentException">The library has an attack of this name.</exception>
    public static void Register(IAttack attack)
    {
        if (Library.Any(known => known.Id == attack.Name))
            throw new ArgumentException($"the library has an attack called '{attack.Name}'; give yours another name");
        own[attack.Name] = AttackEntry.Plain(attack, isExcluded: true) with { Code = OwnCode.Of(attack.GetType()) };
    }

    /// <summary>The attack of that id.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static AttackEntry Named(string id) =>
        Find(id)
        ?? throw new ArgumentException(
            $"no attack is called '{id}'; there are {string.Join(", ", All.Select(entry => entry.Id))}"
        );

    /// <summary>The attack of that id, null where there is none.</summary>
    public static AttackEntry? Find(string id) =>
        Library.FirstOrDefault(entry => entry.Id == id) ?? own.GetValueOrDefault(id);

    // An attack of the tables whose settings an experiment may change.
    static AttackEntry EntryOf(IAttack attack) =>
        attack switch
        {
            LogitFlipping => AttackEntry.Of(
                attack,
                new LogitFlippingSettings(),
                settings => new LogitFlipping(settings.Amplification)
            ),
            ProjectedGradientAttack => AttackEntry.Of(
                attack,
                new ProjectedGradientSettings(),
                settings => new ProjectedGradientAttack(settings.Steps, settings.Gradient)
            ),
            _ => AttackEntry.Plain(attack),
        };
}
