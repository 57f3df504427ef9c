using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Catalogue;
using RobustInference.Files;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Reporting;
using RobustInference.Training;

namespace RobustInference.Running;

/// <summary>Recipes of adversarial training on one ensemble, between clean and robust accuracy, with the static rules
/// beside them: what its JSON file holds. Everything is measured on held-out validation data; the test set is not
/// read.</summary>
/// <param name="Ensemble">The ensemble's name.</param>
/// <param name="Clients">n.</param>
/// <param name="Corrupted">f.</param>
/// <param name="Points">In the order in which they were measured.</param>
public sealed record AdversarialFrontier(
    string Ensemble,
    int Clients,
    int Corrupted,
    IReadOnlyList<AdversarialPoint> Points
)
{
    /// <summary>Share of the validation data that a split holds out.</summary>
    public const double HeldOutShare = 0.2;

    /// <summary>Draws of the corrupted clients on every split.</summary>
    public const int Draws = 3;

    // None of these seeds is one of a table's, or of what training itself holds out.
    const long FirstSplit = 1000,
        FirstSet = 5000,
        FirstAttack = 7;

    static readonly string[] Figures =
    [
        "Clean",
        .. AttackSuite.Paper.Select(attack => attack.Name),
        "Worst case",
        "Pointwise",
        "One-hot too",
        "Seconds",
    ];

    static readonly JsonSerializerOptions Json = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Trains a recipe on the training part of every split, and measures it, as DeepSet-TM, on the rest.
    /// </summary>
    /// <param name="recipe">The recipe; what it holds out for its own choice of the pass is taken from the training
    /// part.</param>
    /// <param name="validation">The server's validation data.</param>
    /// <param name="splits">Seeds of the splits.</param>
    /// <param name="progress">Told after every pass, counted over all splits.</param>
    /// <param name="cancel">Checked before every batch.</param>
    public static AdversarialPoint Measure(
        DeepSetRecipe recipe,
        ProbitSet validation,
        IReadOnlyList<long> splits,
        IProgress<PassProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        double seconds = 0;
        int done = 0;
        var figures = OnSplits(
            validation,
            splits,
            recipe.Corrupted,
            training =>
            {
                var clock = Stopwatch.StartNew();
                int before = done;
                var network = new AdversarialTraining(recipe).Train(
                    training,
                    progress is null ? null : new Shifted(progress, before),
                    cancel
                );
                done += recipe.AllPasses;
                seconds += clock.Elapsed.TotalSeconds;
                return new DeepSetTrimmedMean(network, recipe.Corrupted);
            },
            cancel
        );
        return new(RuleId.DeepSetTrimmedMean, recipe, splits.Count, figures, Math.Round(seconds / splits.Count, 1));
    }

    /// <summary>Measures a static rule on the same held-out samples and draws.</summary>
    /// <exception cref="ArgumentException">It is trained.</exception>
    public static AdversarialPoint Measure(
        string rule,
        ProbitSet validation,
        int corrupted,
        IReadOnlyList<long> splits,
        CancellationToken cancel = default
    )
    {
        if (!RuleCatalog.IsStatic(rule))
            throw new ArgumentException($"{rule} is trained; name a recipe");
        var figures = OnSplits(
            validation,
            splits,
            corrupted,
            training =>
                RuleCatalog
                    .Named(rule)
                    .Make(null, new RuleInputs("held-out data", training, training, training.Clients, corrupted, "")),
            cancel
        );
        return new(rule, null, splits.Count, figures, 0);
    }

    /// <summary>With a point more, in the place of one of the same rule and recipe.</summary>
    public AdversarialFrontier With(AdversarialPoint point) =>
        this with
        {
            Points = [.. Points.Where(known => (known.Rule, known.Recipe) != (point.Rule, point.Recipe)), point],
        };

    /// <summary>Adds a point to a file, and keeps what another process has added to it.</summary>
    /// <returns>What the file holds then.</returns>
    /// <exception cref="InvalidDataException">The file is no frontier.</exception>
    public AdversarialFrontier AddTo(string path, AdversarialPoint point)
    {
        using var held = FileLock.Take(path);
        var added = (File.Exists(path) ? Read(path) : this).With(point);
        added.Write(path);
        return added;
    }

    /// <summary>Several frontiers as one: the mean over the ensembles, of what all of them have.</summary>
    /// <exception cref="ArgumentException">None, or different n or f.</exception>
    public static AdversarialFrontier Mean(IReadOnlyList<AdversarialFrontier> all)
    {
        if (all.Select(one => (one.Clients, one.Corrupted)).Distinct().Count() != 1)
            throw new ArgumentException("frontiers of different n or f have no mean");
        return new(
            string.Join(", ", all.Select(one => one.Ensemble)),
            all[0].Clients,
            all[0].Corrupted,
            [
                .. from point in all[0].Points
                let same = all.Select(one =>
                        one.Points.FirstOrDefault(known => (known.Rule, known.Recipe) == (point.Rule, point.Recipe))
                    )
                    .OfType<AdversarialPoint>()
                    .ToArray()
                where same.Length == all.Count
                select point with
                {
                    Splits = same.Sum(known => known.Splits),
                    HeldOut = AdversarialFigures.Mean([.. same.Select(known => known.HeldOut)]),
                    Seconds = Math.Round(same.Average(known => known.Seconds), 1),
                },
            ]
        );
    }

    /// <summary>The recipe that stands best by a figure.</summary>
    /// <returns>Null where no recipe was measured.</returns>
    public AdversarialPoint? Best(Func<AdversarialFigures, double> figure) =>
        Points.Where(point => point.Recipe is not null).MaxBy(point => figure(point.HeldOut));

    /// <summary>Writes atomically.</summary>
    public void Write(string path) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, Json));

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">Not such a file.</exception>
    public static AdversarialFrontier Read(string path)
    {
        using var stream = File.OpenRead(path);
        try
        {
            return
                JsonSerializer.Deserialize<AdversarialFrontier>(stream, Json)
                    is { Ensemble: not null, Points: not null } frontier
                && frontier.Points.All(point => point is { Rule: not null, HeldOut.Attacks: not null })
                ? frontier
                : throw new InvalidDataException($"{path}: is not a frontier of adversarial training");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: is not a frontier of adversarial training ({e.Message})", e);
        }
    }

    /// <summary>A row a point.</summary>
    public Table ToTable() =>
        new(
            $"{Ensemble}: adversarial training, n = {Clients}, f = {Corrupted}, held-out validation data",
            ["rule", "recipe", .. Figures.Select(header => Column.OfNumbers(header))],
            [
                .. Points.Select(point =>
                    (IReadOnlyList<Cell>)
                        [
                            point.Rule,
                            point.Recipe is null ? "" : point.Recipe.Summary(),
                            Cell.OfPercent(point.HeldOut.Clean),
                            .. AttackSuite.Paper.Select(attack => Cell.OfPercent(point.HeldOut.Attacks[attack.Name])),
                            Cell.OfPercent(point.HeldOut.WorstCase),
                            Cell.OfPercent(point.HeldOut.Pointwise),
                            Cell.OfPercent(point.HeldOut.OneHot),
                            point.Recipe is null ? Cell.Missing : Cell.Of(point.Seconds, "0"),
                        ]
                ),
            ],
            [
                $"Accuracies in %, mean over the splits and {Draws} draws of the corrupted clients on each. Pointwise: "
                    + "right under all six attacks. One-hot too: and under every one-hot target.",
            ]
        );

    static AdversarialFigures OnSplits(
        ProbitSet validation,
        IReadOnlyList<long> splits,
        int corrupted,
        Func<ProbitSet, Aggregator> make,
        CancellationToken cancel
    )
    {
        if (splits.Count == 0)
            throw new ArgumentException("a frontier needs at least one split");
        TorchThreads.One();
        return AdversarialFigures.Mean([
            .. splits.Select(split =>
            {
                var order = Enumerable.Range(0, validation.Samples).Select(s => (long)s).ToArray();
                RandomStream.Managed(FirstSplit + split, "scan-split").ShuffleInplace<long>(order);
                int held = Math.Max(1, (int)(HeldOutShare * order.Length));
                using var heldOut = validation.Select(order[..held]);
                using var training = validation.Select(order[held..]);
                using var rule = make(training);
                return AdversarialFigures.Of(
                    rule,
                    heldOut,
                    training,
                    corrupted,
                    [.. Enumerable.Range(0, Draws).Select(draw => (FirstSet + 100 * split + draw, FirstAttack + draw))],
                    cancel
                );
            }),
        ]);
    }

    sealed class Shifted(IProgress<PassProgress> progress, int before) : IProgress<PassProgress>
    {
        public void Report(PassProgress value) => progress.Report(value with { Pass = before + value.Pass });
    }
}
