using RobustInference.Catalogue;

namespace RobustInference.Results;

/// <summary>What cells are likely to take, from the seconds of recorded ones: the mean over cells of the same rule and
/// attack, with the same settings where there are such.</summary>
/// <param name="recorded">Of any machine; so it is a guess.</param>
public sealed class RunTimes(IEnumerable<CellResult> recorded)
{
    readonly ILookup<(string Rule, string Attack), CellResult> recorded = recorded.ToLookup(result =>
        (result.Cell.Aggregator.Name, result.Cell.Attack.Name)
    );
    readonly Dictionary<string, double?> preparations = [];
    readonly Dictionary<(string Rule, AttackSetting Attack, string Dataset), double?> attacks = [];

    /// <summary>Seconds for cells of one ensemble, one after the other; null where nothing like one of them is
    /// recorded.</summary>
    public double? Of(IEnumerable<ExperimentCell> cells)
    {
        double? total = 0;
        foreach (var rule in cells.GroupBy(cell => (cell.Corrupted, cell.Draw, cell.Aggregator)))
        {
            total += Known(preparations, rule.Key.Aggregator.Name, () => Preparation(rule.Key.Aggregator.Name));
            foreach (var cell in rule)
                total += Known(attacks, (cell.Aggregator.Name, cell.Attack, cell.Ensemble.Dataset), () => Attack(cell));
        }
        return total;
    }

    // A grid has many cells that take the same.
    static double? Known<T>(Dictionary<T, double?> known, T key, Func<double?> find)
        where T : notnull => known.TryGetValue(key, out var seconds) ? seconds : known[key] = find();

    /// <summary>Training or reading the rule; nothing for one that is not trained.</summary>
    double? Preparation(string rule) =>
        Mean(
            recorded.Where(own => own.Key.Rule == rule).SelectMany(own => own.Where(r => r.PreparationSeconds > 0)),
            result => result.PreparationSeconds
        ) ?? (RuleCatalog.Find(rule) is { IsTrained: false } ? 0 : null);

    double? Attack(ExperimentCell cell)
    {
        var alike = recorded[(cell.Aggregator.Name, cell.Attack.Name)];
        return Mean(
                alike.Where(result =>
                    result.Cell.Attack == cell.Attack && result.Cell.Ensemble.Dataset == cell.Ensemble.Dataset
                ),
                result => result.Seconds
            ) ?? Mean(alike, result => result.Seconds);
    }

    static double? Mean(IEnumerable<CellResult> results, Func<CellResult, double> seconds) =>
        results.Select(result => (double?)seconds(result)).Average();
}
