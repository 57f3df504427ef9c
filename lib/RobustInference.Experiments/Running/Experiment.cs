using System.Text.Json;
using RobustInference.Catalogue;
using RobustInference.Files;
using RobustInference.Results;
using RobustInference.Serving;
using RobustInference.Training;

namespace RobustInference.Running;

/// <summary>A table, a figure or a sweep as data: every rule under every attack on every ensemble.</summary>
/// <param name="Id">Short name.</param>
/// <param name="Title">For people.</param>
/// <param name="Ensembles">On what, with f.</param>
/// <param name="Aggregators">Rules; settings that are left open are the default ones, and seed and f follow the
/// ensemble.</param>
/// <param name="Attacks">Attacks; Clean is one of them.</param>
/// <param name="Draws">Seeds of the draw of corrupted clients; null for one draw an ensemble, with its own
/// seed.</param>
public sealed record Experiment(
    string Id,
    string Title,
    IReadOnlyList<EnsembleRange> Ensembles,
    IReadOnlyList<AggregatorSetting> Aggregators,
    IReadOnlyList<AttackSetting> Attacks,
    IReadOnlyList<long>? Draws = null
)
{
    const long Largest = 1 << 20;

    /// <summary>All of it, ensemble by ensemble, each cell once.</summary>
    public IReadOnlyList<ExperimentCell> Cells() =>
        [
            .. (
                from range in Ensembles
                from ensemble in range.Ensembles
                from corrupted in range.Corrupted
                from draw in Draws ?? [ensemble.Seed]
                from aggregator in Aggregators
                from attack in Attacks
                select new ExperimentCell(
                    ensemble,
                    corrupted,
                    draw,
                    aggregator.For(ensemble, corrupted),
                    attack.Fixed()
                )
            ).Distinct(),
        ];

    /// <summary>The first seed alone.</summary>
    public Experiment Quick() =>
        this with
        {
            Ensembles = [.. Ensembles.Select(range => range with { Seeds = [.. range.Seeds.Take(1)] })],
        };

    /// <summary>The same on ensembles in files whose clients are of another kind.</summary>
    /// <param name="model">Name of a <see cref="ClientPreset"/>; null for the data set's default.</param>
    /// <exception cref="ArgumentException">There is no such kind, or it does not read such data.</exception>
    public Experiment AnsweredBy(string? model)
    {
        string title =
            model is null || Ensembles.All(range => model == ClientPreset.Default(range.Dataset)?.Name)
                ? Title
                : $"{Title}, {ClientPreset.Named(model).Title}";
        var answered = this with
        {
            Title = title,
            Ensembles = [.. Ensembles.Select(range => range with { Model = model })],
        };
        return answered.Ensembles.Select(ModelFault).FirstOrDefault(fault => fault is not null) is { } fault
            ? throw new ArgumentException(fault)
            : answered;
    }

    /// <summary>The same with every DeepSet trained by a named recipe; what is trained on clean rows stays
    /// so.</summary>
    /// <param name="recipe">One of <see cref="DeepSetRecipe.Names"/>; null for the default.</param>
    /// <exception cref="ArgumentException">There is no such recipe.</exception>
    public Experiment TrainedBy(string? recipe) =>
        recipe is null
            ? this
            : this with
            {
                Title = $"{Title}, recipe {recipe}",
                Aggregators =
                [
                    .. Aggregators.Select(rule =>
                        rule.Name is RuleId.DeepSet or RuleId.DeepSetTrimmedMean
                            ? rule with
                            {
                                Settings = RuleCatalog.NamedDeepSet(recipe, Ensembles[0].Dataset) with
                                {
                                    Adversarial = (rule.Settings as DeepSetRecipe)?.Adversarial ?? true,
                                },
                            }
                            : rule
                    ),
                ],
            };

    /// <summary>Reads a grid that a person wrote, or <c>sweep</c> was given.</summary>
    /// <exception cref="InvalidDataException">Not JSON, an unknown or missing field, an unknown name, a number out of
    /// range: the message names the file and the place.</exception>
    public static Experiment Read(string path)
    {
        byte[] bytes = InputFile.ReadAllBytes(path, Largest, "a grid");
        Experiment experiment;
        try
        {
            experiment =
                JsonSerializer.Deserialize<Experiment>(bytes, ResultJson.Lenient)
                ?? throw new InvalidDataException($"{path}: is empty");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: {JsonFault.Reason(e)}", e);
        }
        if (experiment.Faults().FirstOrDefault() is { } fault)
            throw new InvalidDataException($"{path}: {fault}");
        return experiment;
    }

    static string? ModelFault(EnsembleRange range)
    {
        if (range.Model is not { } name)
            return null;
        if (range.Recipe is not null)
            return $"model is '{name}', which is for answers in files; clients that are trained have that of "
                + "their recipe";
        if (ClientPreset.All.FirstOrDefault(preset => preset.Name == name) is not { } model)
            return $"no client model is called '{name}'; there are "
                + $"{string.Join(", ", ClientPreset.All.Select(preset => preset.Name))}";
        return ClientPreset.Default(range.Dataset) is { } defaults && defaults.ReadsTexts != model.ReadsTexts
            ? $"model '{name}' reads {(model.ReadsTexts ? "texts" : "images")}, and {range.Dataset} "
                + $"holds {(defaults.ReadsTexts ? "texts" : "images")}"
            : null;
    }

    static IEnumerable<(string Field, int Place)> Nulls<T>(string field, IReadOnlyList<T>? entries) =>
        (entries ?? [])
            .Select((entry, place) => (entry, place))
            .Where(pair => pair.entry is null)
            .Select(pair => (field, pair.place));

    IEnumerable<string> Faults()
    {
        if (string.IsNullOrEmpty(Id))
            yield return "has no id";
        if (Ensembles is null or [])
            yield return "names no ensembles";
        if (Aggregators is null or [])
            yield return "names no aggregators";
        if (Attacks is null or [])
            yield return "names no attacks";
        foreach (
            (string field, int place) in Nulls("ensembles", Ensembles)
                .Concat(Nulls("aggregators", Aggregators))
                .Concat(Nulls("attacks", Attacks))
        )
            yield return $"{field}[{place}] is null";
        foreach (var rule in Aggregators ?? [])
            if (RuleCatalog.Find(rule.Name) is null)
                yield return $"no aggregator is called '{rule.Name}'; "
                    + $"there are {string.Join(", ", RuleCatalog.All.Select(entry => entry.Id))}";
        foreach (var attack in Attacks ?? [])
            if (AttackCatalog.Find(attack.Name) is null)
                yield return $"no attack is called '{attack.Name}'; "
                    + $"there are {string.Join(", ", AttackCatalog.All.Select(entry => entry.Id))}";
        foreach (var (range, i) in (Ensembles ?? []).Select((range, i) => (range, i)))
        {
            string where = $"ensembles[{i}]";
            if (
                string.IsNullOrEmpty(range.Dataset)
                || range.Dataset.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
            )
                yield return $"{where}: '{range.Dataset}' is no name of a data set";
            if (!(range.Alpha > 0 && double.IsFinite(range.Alpha)))
                yield return $"{where}: alpha is {range.Alpha}, it must be above 0";
            if (range.Clients < 1)
                yield return $"{where}: {range.Clients} clients";
            if (range.Corrupted is null or [])
                yield return $"{where}: says nothing of how many are corrupted";
            if (range.Seeds is null or [])
                yield return $"{where}: has no seeds";
            if (ModelFault(range) is { } fault)
                yield return $"{where}: {fault}";
            foreach (int f in range.Corrupted ?? [])
                if (f < 0 || 2 * f >= range.Clients)
                    yield return $"{where}: {f} corrupted of {range.Clients} clients: fewer than half may be corrupted";
        }
    }
}
