using System.Globalization;
using System.Text.Json.Serialization;
using RobustInference.Catalogue;
using RobustInference.Probits;

namespace RobustInference.Results;

/// <summary>The unit of every experiment: one rule under one attack, on one ensemble with one set of corrupted clients.
/// Everything that decides its outcome is in here.</summary>
/// <remarks>A cell's hash names its recorded result. A record that a cell holds may grow a field whose default means
/// "as before" only if that field is marked <c>[JsonIgnore(Condition = WhenWritingDefault)]</c>: otherwise every
/// recorded result is orphaned.</remarks>
/// <param name="Ensemble">Whose answers.</param>
/// <param name="Corrupted">f.</param>
/// <param name="Draw">Seed of the draw of corrupted clients and of what attacks draw.</param>
/// <param name="Aggregator">The rule, and how it was trained.</param>
/// <param name="Attack">The attack, or Clean.</param>
/// <param name="CorruptedClients">The corrupted clients by index, ascending, such as <c>3,7,9,16</c>; null for those of
/// the draw.</param>
public sealed record ExperimentCell(
    EnsembleId Ensemble,
    int Corrupted,
    long Draw,
    AggregatorSetting Aggregator,
    AttackSetting Attack,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? CorruptedClients = null
)
{
    /// <summary>Who is corrupted.</summary>
    /// <exception cref="ArgumentException">f ≥ n/2, or the named clients are not f of the n.</exception>
    [JsonIgnore]
    public ThreatModel Threat =>
        CorruptedClients is null
            ? ThreatModel.Draw(Ensemble.Clients, Corrupted, Draw)
            : new ThreatModel(
                Ensemble.Clients,
                CorruptedClients
                    .Split(',', StringSplitOptions.RemoveEmptyEntries)
                    .Select(client => int.Parse(client, CultureInfo.InvariantCulture))
            );

    /// <summary>A fixed set as a cell names it: null where it is the draw of its size with this seed.</summary>
    public static string? Named(ThreatModel threat, long draw) =>
        threat.Corrupted.SequenceEqual(ThreatModel.Draw(threat.Clients, threat.Count, draw).Corrupted)
            ? null
            : string.Join(',', threat.Corrupted);

    /// <summary>Every rule under every attack, on one ensemble with one set of corrupted clients.</summary>
    public static IEnumerable<ExperimentCell> Grid(
        EnsembleId ensemble,
        ThreatModel threat,
        long draw,
        IEnumerable<AggregatorSetting> aggregators,
        IEnumerable<AttackSetting> attacks
    ) =>
        from aggregator in aggregators
        from attack in attacks
        select new ExperimentCell(
            ensemble,
            threat.Count,
            draw,
            aggregator.For(ensemble, threat.Count),
            attack.Fixed(),
            Named(threat, draw)
        );
}
