using RobustInference.Aggregators;
using RobustInference.Probits;
using RobustInference.Training;

namespace RobustInference.Catalogue;

/// <summary>Every rule that experiments know by name.</summary>
public static class RuleCatalog
{
    const int PaperHidden = 128,
        PaperHiddenCifar100 = 224;

    /// <summary>One line each.</summary>
    public static IReadOnlyList<RuleEntry> All { get; } =
    [
        RuleEntry.Static("Mean", _ => new Mean()),
        RuleEntry.Static("CWMed", _ => new CoordinateWiseMedian()),
        RuleEntry.Static("GM", _ => new GeometricMedian()),
        RuleEntry.Static("CWTM", inputs => new CoordinateWiseTrimmedMean(inputs.Corrupted)),
        RuleEntry.Static("Plurality vote", _ => new PluralityVote()),
        RuleEntry.Static("Constant", inputs => ConstantAnswer.BestOn(inputs.Needed("Constant"))),
        RuleEntry.Trained<DeepSetRecipe>(
            "DeepSet",
            ensemble => DefaultDeepSet(ensemble.Dataset),
            FixDeepSet,
            (recipe, inputs) => new DeepSet(Network("DeepSet", recipe, inputs))
        ),
        RuleEntry.Trained<DeepSetRecipe>(
            "DeepSet-TM",
            ensemble => DefaultDeepSet(ensemble.Dataset),
            FixDeepSet,
            (recipe, inputs) => new DeepSetTrimmedMean(Network("DeepSet-TM", recipe, inputs), recipe.Corrupted)
        ),
        RuleEntry.Trained<CertifiedRecipe>(
            "CertifiedDeepSet",
            _ => CertifiedRecipe.Default(0, Adversary.Fixed),
            FixCertified,
            (recipe, inputs) =>
                new CertifiedDeepSetCache(inputs.Cache)
                    .Get(
                        recipe,
                        inputs.Needed("CertifiedDeepSet"),
                        new PassStages("training CertifiedDeepSet", recipe.Passes, inputs.Progress),
                        inputs.Cancel
                    )
                    .Rule
        ),
        RuleEntry.Trained<CopurRecipe>(
            "COPUR",
            ensemble => DefaultCopur(ensemble.Dataset),
            FixCopur,
            (recipe, inputs) => new Copur(Networks("COPUR", recipe, inputs), inputs.Corrupted, inputs.Scoring)
        ),
        RuleEntry.Trained<CopurRecipe>(
            "Manifold projection",
            ensemble => DefaultCopur(ensemble.Dataset),
            FixCopur,
            (recipe, inputs) => new ManifoldProjection(Networks("Manifold projection", recipe, inputs))
        ),
    ];

    /// <summary>The rule of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static RuleEntry Named(string name) =>
        All.FirstOrDefault(entry => entry.Name == name)
        ?? throw new ArgumentException(
            $"no aggregator is called '{name}'; there are {string.Join(", ", All.Select(entry => entry.Name))}"
        );

    /// <summary>Whether nothing has to be trained for the rule.</summary>
    public static bool IsStatic(string name) => !Named(name).IsTrained;

    /// <summary>A DeepSet of the paper's width for a data set; f = 0 and the seed stand for those of the
    /// cell.</summary>
    public static DeepSetRecipe DefaultDeepSet(string dataset) =>
        new(0, Hidden: dataset == "cifar100" ? PaperHiddenCifar100 : PaperHidden);

    /// <summary>COPUR's networks of the paper's sizes for a data set; the seed stands for that of the cell.</summary>
    public static CopurRecipe DefaultCopur(string dataset) =>
        dataset == "cifar100" ? new(Hidden: 2000, Encoding: 800) : new();

    static CopurRecipe FixCopur(CopurRecipe recipe, EnsembleId ensemble, int corrupted) =>
        recipe with
        {
            Seed = ensemble.Seed,
        };

    static CopurNetwork Networks(string rule, CopurRecipe recipe, RuleInputs inputs) =>
        new CopurCache(inputs.Cache).Get(
            recipe,
            inputs.Needed(rule),
            new CopurStages($"training {rule}", recipe, inputs.Progress),
            inputs.Cancel
        );

    /// <summary>Trained with the ensemble's seed, and for the f that it will face unless the recipe names
    /// another.</summary>
    static DeepSetRecipe FixDeepSet(DeepSetRecipe recipe, EnsembleId ensemble, int corrupted) =>
        recipe with
        {
            Seed = ensemble.Seed,
            Corrupted = recipe.Corrupted == 0 ? corrupted : recipe.Corrupted,
        };

    static CertifiedRecipe FixCertified(CertifiedRecipe recipe, EnsembleId ensemble, int corrupted) =>
        recipe with
        {
            Seed = ensemble.Seed,
            Corrupted = recipe.Corrupted == 0 ? corrupted : recipe.Corrupted,
        };

    static DeepSetNetwork Network(string rule, DeepSetRecipe recipe, RuleInputs inputs) =>
        new DeepSetCache(inputs.Cache).Get(
            recipe,
            inputs.Needed(rule),
            new PassStages(
                recipe.Adversarial ? $"training {rule}" : $"training {rule} on clean rows",
                recipe.Passes,
                inputs.Progress
            ),
            inputs.Cancel
        );
}
