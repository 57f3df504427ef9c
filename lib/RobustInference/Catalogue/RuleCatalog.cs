using System.Collections.Concurrent;
using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Probits;
using RobustInference.Training;

namespace RobustInference.Catalogue;

/// <summary>Every rule by its id, open to a user's own.</summary>
/// <example><code>RuleCatalog.Register("Clipped mean", (n, f) => new ClippedMean(f));</code></example>
public static class RuleCatalog
{
    const int PaperHiddenCifar100 = 224;

    static readonly ConcurrentDictionary<string, RuleEntry> own = [];

    /// <summary>The rules of the library, a line each.</summary>
    public static IReadOnlyList<RuleEntry> Library { get; } =
    [
        Exact(RuleId.Mean, true, _ => new Mean()),
        Exact(RuleId.CoordinateWiseMedian, true, _ => new CoordinateWiseMedian()),
        RuleEntry.Static(RuleId.GeometricMedian, _ => new GeometricMedian()),
        Exact(RuleId.CoordinateWiseTrimmedMean, true, inputs => new CoordinateWiseTrimmedMean(inputs.Corrupted)),
        Exact(RuleId.PluralityVote, false, _ => new PluralityVote()),
        Exact(RuleId.Constant, false, inputs => ConstantAnswer.BestOn(inputs.Validation ?? inputs.Answers)),
        DeepSet(RuleId.DeepSet, isDefault: false, (network, _) => new DeepSet(network)),
        DeepSet(RuleId.DeepSetTrimmedMean, isDefault: true, (network, trim) => new DeepSetTrimmedMean(network, trim)),
        CertifiedDeepSet(),
        CertifiedVote(),
        Calibrated(RuleId.CalibratedMedian, _ => new CoordinateWiseMedian()),
        Calibrated(RuleId.CalibratedTrimmedMean, inputs => new CoordinateWiseTrimmedMean(inputs.Corrupted)) with
        {
            IsDefault = false,
            IsForAnyCorrupted = false,
            // The file that is kept holds the median.
            TrainedFile = null,
        },
        CalibratedDeepSet(),
        Copur(RuleId.Copur, (network, inputs) => new Copur(network, inputs.Corrupted, inputs.Scoring)),
        Copur(RuleId.ManifoldProjection, (network, _) => new ManifoldProjection(network)),
        TrainedFile(),
        Further(RuleId.Krum, inputs => new Krum(inputs.Corrupted)) with
        {
            HasKappa = true,
        },
        Further(RuleId.MultiKrum, inputs => new MultiKrum(inputs.Corrupted)),
        Further(RuleId.CentredClipping, _ => new CentredClipping()),
        Further(RuleId.TrimmedVote, inputs => new TrimmedVote(inputs.Corrupted)) with
        {
            Guarantee = RuleGuarantee.Exact,
        },
        Further(
            RuleId.MixedTrimmedMean,
            inputs => new NearestNeighbourMixing(new CoordinateWiseTrimmedMean(inputs.Corrupted), inputs.Corrupted)
        ) with
        {
            HasKappa = true,
        },
        Further(
            RuleId.MixedKrum,
            inputs => new NearestNeighbourMixing(new Krum(inputs.Corrupted), inputs.Corrupted)
        ) with
        {
            HasKappa = true,
        },
        Further(RuleId.Bulyan, inputs => new Bulyan(inputs.Corrupted)),
        Further(RuleId.BucketedTrimmedMean, inputs => new Bucketing(new CoordinateWiseTrimmedMean(inputs.Corrupted))),
        Further(RuleId.BucketedKrum, inputs => new Bucketing(new Krum(inputs.Corrupted))),
    ];

    /// <summary>A user's own rules, in the order of their ids.</summary>
    public static IReadOnlyList<RuleEntry> Own => [.. own.Values.OrderBy(entry => entry.Id, StringComparer.Ordinal)];

    /// <summary>The library's rules, then a user's own.</summary>
    public static IReadOnlyList<RuleEntry> All => [.. Library, .. Own];

    /// <summary>The rules that are compared where none are named.</summary>
    public static IReadOnlyList<RuleEntry> Default => [.. All.Where(entry => entry.IsDefault)];

    /// <summary>Adds a user's own rule; one of the same id that was added before is replaced.</summary>
    /// <exception cref="ArgumentException">The library has a rule of this id.</exception>
    public static void Register(RuleEntry entry)
    {
        if (Library.Any(known => known.Id == entry.Id))
            throw new ArgumentException($"the library has a rule called '{entry.Id}'; give yours another name");
        own[entry.Id] = entry;
    }

    /// <summary>Adds a user's own rule that needs nothing but n and f.</summary>
    /// <param name="id">Its identity in results, grids and tables.</param>
    /// <param name="make">The rule for n clients, f of them corrupted.</param>
    /// <exception cref="ArgumentException">The library has a rule of this id.</exception>
    public static void Register(string id, Func<int, int, Aggregator> make)
    {
        using var sample = make(5, 1);
        Register(
            RuleEntry.Static(id, inputs => make(inputs.Clients, inputs.Corrupted)) with
            {
                Needs = sample.Input == AnswerSpace.Logits ? RuleNeeds.Logits : RuleNeeds.Nothing,
                Guarantee = sample.Certificate(Adversary.Fixed) switch
                {
                    null => RuleGuarantee.None,
                    { IsExact: true } => RuleGuarantee.Exact,
                    _ => RuleGuarantee.Bound,
                },
                HasKappa = sample.Kappa(5, 1) is not null,
                Code = OwnCode.Of(sample.GetType()),
            }
        );
    }

    /// <summary>The rule of that id.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static RuleEntry Named(string id) =>
        Find(id)
        ?? throw new ArgumentException(
            $"no aggregator is called '{id}'; there are {string.Join(", ", All.Select(entry => entry.Id))}"
        );

    /// <summary>The rule of that id, null where there is none.</summary>
    public static RuleEntry? Find(string id) =>
        Library.FirstOrDefault(entry => entry.Id == id) ?? own.GetValueOrDefault(id);

    /// <summary>Whether nothing has to be trained for the rule.</summary>
    /// <exception cref="ArgumentException">No rule has this id.</exception>
    public static bool IsStatic(string id) => !Named(id).IsTrained;

    /// <summary>A DeepSet for a data set, by the recipe with the best worst case among those that lose at most four
    /// points of clean accuracy on held-out data: <see cref="DeepSetRecipe.Balanced"/>; on AG-News, where that loses
    /// fourteen, <see cref="DeepSetRecipe.AsTheAuthorsChoose"/>; on CIFAR-100, where neither is better,
    /// <see cref="FirstDeepSet"/>; for clients of <see cref="ClientPreset.WithViews"/>,
    /// <see cref="DeepSetRecipe.Augmented"/>. Others have the data set's, even if their validation data have views.
    /// f = 0 and the seed stand for those of the cell.</summary>
    /// <param name="dataset">What is classified.</param>
    /// <param name="model">Name of a <see cref="ClientPreset"/>; null for the data set's default.</param>
    public static DeepSetRecipe DefaultDeepSet(string dataset, string? model = null) =>
        NamedDeepSet(
            (dataset, model) switch
            {
                ("cifar100", _) => "first",
                ("agnews", _) => "authors",
                (_, ClientPreset.WithViews) => "augmented",
                _ => "balanced",
            },
            dataset
        );

    /// <summary>A DeepSet by one of <see cref="DeepSetRecipe.Names"/>, for CIFAR-100 of the paper's width at
    /// least.</summary>
    /// <exception cref="ArgumentException">There is no such recipe.</exception>
    public static DeepSetRecipe NamedDeepSet(string recipe, string dataset)
    {
        var named = DeepSetRecipe.Named(recipe, 0);
        return dataset == "cifar100" ? named with { Hidden = Math.Max(named.Hidden, PaperHiddenCifar100) } : named;
    }

    /// <summary>A CertifiedVote for a data set; on CIFAR-100, where the usual weight of the certificate costs more
    /// clean accuracy, half of the loss is the clean one. f = 0 and the seed stand for those of the cell.</summary>
    public static CertifiedVoteRecipe DefaultVote(string dataset) =>
        dataset == "cifar100" ? new(0, Passes: 60, Weight: 0.5, BatchSize: 128) : new(0);

    /// <summary>By the first default: 60 passes, of which the one with the best held-out worst case is
    /// kept.</summary>
    public static DeepSetRecipe FirstDeepSet(string dataset) => NamedDeepSet("first", dataset);

    /// <summary>COPUR's networks of the paper's sizes for a data set; the seed stands for that of the cell.</summary>
    public static CopurRecipe DefaultCopur(string dataset) =>
        dataset == "cifar100" ? new(Hidden: 2000, Encoding: 800) : new();

    /// <summary>A rule that is compared where it is named.</summary>
    static RuleEntry Further(string id, Func<RuleInputs, Aggregator> make) =>
        RuleEntry.Static(id, make) with
        {
            IsDefault = false,
        };

    static RuleEntry Exact(string id, bool kappa, Func<RuleInputs, Aggregator> make) =>
        RuleEntry.Static(id, make) with
        {
            Guarantee = RuleGuarantee.Exact,
            HasKappa = kappa,
        };

    static RuleEntry DeepSet(string id, bool isDefault, Func<DeepSetNetwork, int, Aggregator> make) =>
        RuleEntry.With<DeepSetRecipe>(
            id,
            ensemble => DefaultDeepSet(ensemble.Dataset, ensemble.Model),
            (recipe, ensemble, corrupted) =>
                recipe with
                {
                    Seed = ensemble.Seed,
                    Corrupted = recipe.Corrupted == 0 ? corrupted : recipe.Corrupted,
                },
            (recipe, inputs) =>
                make(
                    new DeepSetCache(inputs.Cache).Get(
                        recipe,
                        inputs.Needed(id),
                        new PassStages(
                            $"training {id}{(recipe.Adversarial ? "" : " on clean rows")}",
                            recipe.AllPasses,
                            inputs.Progress
                        ),
                        inputs.Cancel
                    ),
                    recipe.Corrupted
                )
        ) with
        {
            Needs = RuleNeeds.Validation | RuleNeeds.Training,
            Guarantee = isDefault ? RuleGuarantee.Bound : RuleGuarantee.None,
            IsDefault = isDefault,
            IsForAnyCorrupted = true,
            Label = settings =>
                settings is DeepSetRecipe { Inner: InnerAttack.WorstOfProjectedGradientAndOneHot }
                    ? $"{id}, also against one-hot"
                    : id,
            TrainedFile = (recipe, inputs) =>
                new DeepSetCache(inputs.Cache).PathOf((DeepSetRecipe)recipe!, inputs.Needed(id)),
        };

    static RuleEntry CertifiedDeepSet() =>
        RuleEntry.With<CertifiedRecipe>(
            RuleId.CertifiedDeepSet,
            _ => CertifiedRecipe.Default(0, Adversary.Fixed),
            (recipe, ensemble, corrupted) =>
                recipe with
                {
                    Seed = ensemble.Seed,
                    Corrupted = recipe.Corrupted == 0 ? corrupted : recipe.Corrupted,
                },
            (recipe, inputs) =>
                new CertifiedDeepSetCache(inputs.Cache)
                    .Get(
                        recipe,
                        inputs.Needed(RuleId.CertifiedDeepSet),
                        new PassStages(
                            $"training {RuleId.CertifiedDeepSet}, {ThreatName.Of(recipe.Adversary)}",
                            recipe.Passes,
                            inputs.Progress
                        ),
                        inputs.Cancel
                    )
                    .Rule
        ) with
        {
            Needs = RuleNeeds.Validation | RuleNeeds.Training,
            Guarantee = RuleGuarantee.Bound,
            IsForAnyCorrupted = true,
            ForAdversary = CertifiedRecipe.Default,
            TrainedFile = (recipe, inputs) =>
                new CertifiedDeepSetCache(inputs.Cache).PathOf(
                    (CertifiedRecipe)recipe!,
                    inputs.Needed(RuleId.CertifiedDeepSet)
                ),
        };

    static RuleEntry CertifiedVote() =>
        RuleEntry.With<CertifiedVoteRecipe>(
            RuleId.CertifiedVote,
            ensemble => DefaultVote(ensemble.Dataset),
            (recipe, ensemble, corrupted) =>
                recipe with
                {
                    Seed = ensemble.Seed,
                    Corrupted = recipe.Corrupted == 0 ? corrupted : recipe.Corrupted,
                },
            (recipe, inputs) =>
                new CertifiedVoteCache(inputs.Cache)
                    .Get(
                        recipe,
                        inputs.Needed(RuleId.CertifiedVote),
                        new PassStages(
                            $"training {RuleId.CertifiedVote}",
                            recipe.Members * recipe.Passes,
                            inputs.Progress
                        ),
                        inputs.Cancel
                    )
                    .Rule
        ) with
        {
            Needs = RuleNeeds.Validation | RuleNeeds.Training | RuleNeeds.Clients,
            Guarantee = RuleGuarantee.Bound,
            IsForAnyCorrupted = true,
            TrainedFile = (recipe, inputs) =>
                new CertifiedVoteCache(inputs.Cache).PathOf(
                    (CertifiedVoteRecipe)recipe!,
                    inputs.Needed(RuleId.CertifiedVote)
                ),
        };

    static RuleEntry Calibrated(string id, Func<RuleInputs, Aggregator> inner) =>
        RuleEntry.With<CalibrationRecipe>(
            id,
            _ => new(),
            (recipe, _, _) => recipe,
            (recipe, inputs) => new Calibrated(Calibration(id, recipe, inputs), inner(inputs))
        ) with
        {
            Needs = RuleNeeds.Validation | RuleNeeds.Training | RuleNeeds.Clients,
            Guarantee = RuleGuarantee.Bound,
            IsForAnyCorrupted = true,
            TrainedFile = (recipe, inputs) =>
                new CalibrationCache(inputs.Cache).PathOf((CalibrationRecipe)recipe!, inputs.Needed(id)),
        };

    static ClientCalibration Calibration(string id, CalibrationRecipe recipe, RuleInputs inputs)
    {
        var validation = inputs.Needed(id);
        return new CalibrationCache(inputs.Cache).Get(
            recipe,
            validation,
            new PassStages("calibrating clients", validation.Clients, inputs.Progress),
            inputs.Cancel
        );
    }

    static RuleEntry CalibratedDeepSet() =>
        RuleEntry.With<CalibratedDeepSetRecipe>(
            RuleId.CalibratedDeepSet,
            ensemble => new(new(), DefaultDeepSet(ensemble.Dataset)),
            (recipe, ensemble, corrupted) =>
                recipe with
                {
                    DeepSet = recipe.DeepSet with
                    {
                        Seed = ensemble.Seed,
                        Corrupted = recipe.DeepSet.Corrupted == 0 ? corrupted : recipe.DeepSet.Corrupted,
                    },
                },
            (recipe, inputs) =>
            {
                const string id = RuleId.CalibratedDeepSet;
                var calibration = Calibration(id, recipe.Calibration, inputs);
                try
                {
                    using var calibrated = inputs.Needed(id).Mapped(rows => calibration.Of(rows));
                    return new Calibrated(
                        calibration,
                        new DeepSetTrimmedMean(
                            new DeepSetCache(inputs.Cache).Get(
                                recipe.DeepSet,
                                calibrated,
                                new PassStages($"training {id}", recipe.DeepSet.AllPasses, inputs.Progress),
                                inputs.Cancel
                            ),
                            recipe.DeepSet.Corrupted
                        )
                    );
                }
                catch
                {
                    calibration.Dispose();
                    throw;
                }
            }
        ) with
        {
            Needs = RuleNeeds.Validation | RuleNeeds.Training | RuleNeeds.Clients,
            Guarantee = RuleGuarantee.Bound,
            IsDefault = false,
            IsForAnyCorrupted = true,
        };

    static RuleEntry Copur(string id, Func<CopurNetwork, RuleInputs, Aggregator> make) =>
        RuleEntry.With<CopurRecipe>(
            id,
            ensemble => DefaultCopur(ensemble.Dataset),
            (recipe, ensemble, _) => recipe with { Seed = ensemble.Seed },
            (recipe, inputs) =>
                make(
                    new CopurCache(inputs.Cache).Get(
                        recipe,
                        inputs.Needed(id),
                        new CopurStages($"training {id}", recipe, inputs.Progress),
                        inputs.Cancel
                    ),
                    inputs
                )
        ) with
        {
            Needs = RuleNeeds.Validation | RuleNeeds.Training | RuleNeeds.Logits | RuleNeeds.Clients,
            IsDefault = false,
            TrainedFile = (recipe, inputs) =>
                new CopurCache(inputs.Cache).PathOf((CopurRecipe)recipe!, inputs.Needed(id)),
        };

    static RuleEntry TrainedFile() =>
        RuleEntry.With<TrainedFileSettings>(
            RuleId.TrainedFile,
            _ => throw new ArgumentException($"{RuleId.TrainedFile} needs settings: which file"),
            (settings, _, _) => settings,
            (settings, inputs) => TrainedRuleFile.Read(inputs.FileOf(settings.Sha256)).Rule
        ) with
        {
            Guarantee = RuleGuarantee.Bound,
            IsDefault = false,
            IsForAnyCorrupted = true,
            Label = settings => (settings as TrainedFileSettings)?.Rule ?? RuleId.TrainedFile,
        };
}
