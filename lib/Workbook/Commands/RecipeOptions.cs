using System.CommandLine;
using RobustInference.Training;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary>How adversarial training is set: a named recipe, and options that change parts of it.</summary>
public sealed class RecipeOptions
{
    readonly Option<string?> recipe = new("--recipe")
    {
        Description =
            "adversarial: a named recipe: balanced is the default; augmented is for validation data with augmented "
            + "copies (val_view_logits), and what train takes there; authors keeps the pass with the best clean "
            + "accuracy as the authors' code does (but on held-out data), robust has the best worst case, first was "
            + "the default before (60 passes, the one with the best held-out worst case).",
    };

    readonly Option<string?> keep = new("--keep")
    {
        Description =
            "adversarial: which pass is returned, the one with the best worst case or clean accuracy on held-out "
            + "data, or the last one.",
        HelpName = "worst|clean|last",
    };

    readonly Option<double?> averaging = Options.NumberIfGiven(
        "--averaging",
        decay => decay is >= 0 and < 1,
        "at least 0 and under 1",
        "adversarial: decay of an exponential moving average of the weights, step by step, such as 0.99."
    );

    readonly Option<double?> mixed = Options.NumberIfGiven(
        "--mixed",
        share => share is >= 0 and <= 1,
        "0 to 1",
        "Share of the samples of which some rows come from another sample of the same class."
    );

    readonly Option<double?> dropped = Options.NumberIfGiven(
        "--dropped",
        share => share is >= 0 and < 1,
        "at least 0 and under 1",
        "adversarial: share of the clients that are left out of every training sample, drawn anew each time."
    );

    readonly Option<double?> weightDecay = Options.NumberIfGiven(
        "--weight-decay",
        decay => decay is >= 0 and < 1000,
        "at least 0",
        "adversarial: what the weights shrink by at each step, times the learning rate (AdamW)."
    );

    readonly Option<double?> perturbation = Options.NumberIfGiven(
        "--perturbation",
        size => size is >= 0 and < 1,
        "at least 0 and under 1",
        "adversarial: how far the weights move, as a share of their norm, to where the gradient of a step is taken, "
            + "such as 0.01 (adversarial weight perturbation)."
    );

    readonly Option<int?> steps = Options.WholeIfGiven("--steps", 1, "adversarial: steps of the inner attack.");

    readonly Option<double?> stepSize = Options.OptionalPositive(
        "--step-size",
        "adversarial: size of a step of the inner attack."
    );

    readonly Option<int?> batch = Options.WholeIfGiven("--batch", 1, "Samples a step.");

    readonly Option<string?> inner = new("--inner")
    {
        Description =
            "adversarial: what corrupted clients send in training (default: the recipe's): pgd is Algorithm 1's "
            + "ascent; sia also tries the network's best class other than the label, one-hot, and keeps the worse of "
            + "both; worst tries every class other than the label so.",
    };

    public RecipeOptions()
    {
        recipe.AcceptOnlyFromAmong([.. DeepSetRecipe.Names]);
        keep.AcceptOnlyFromAmong("worst", "clean", "last");
        inner.AcceptOnlyFromAmong("pgd", "sia", "worst");
    }

    /// <summary>Samples a step, where given.</summary>
    public int? Batch(ParseResult parse) => parse.GetValue(batch);

    /// <summary>Share of mixed samples, where given.</summary>
    public double? Mixed(ParseResult parse) => parse.GetValue(mixed);

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All =>
        [recipe, keep, averaging, mixed, dropped, weightDecay, perturbation, steps, stepSize, batch, inner];

    /// <summary>The named recipe with what is given in the place of its parts.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="corrupted">f.</param>
    /// <param name="views">Whether validation data have views, which have a default of their own.</param>
    public DeepSetRecipe Of(ParseResult parse, int corrupted, bool views = false)
    {
        var named = DeepSetRecipe.Named(parse.GetValue(recipe) ?? (views ? "augmented" : "balanced"), corrupted);
        return named with
        {
            Keep = parse.GetValue(keep) switch
            {
                "worst" => KeptPass.BestWorstCase,
                "clean" => KeptPass.BestClean,
                "last" => KeptPass.Last,
                _ => named.Keep,
            },
            Averaging = parse.GetValue(averaging) ?? named.Averaging,
            Mixed = parse.GetValue(mixed) ?? named.Mixed,
            Dropped = parse.GetValue(dropped) ?? named.Dropped,
            WeightDecay = parse.GetValue(weightDecay) ?? named.WeightDecay,
            Perturbation = parse.GetValue(perturbation) ?? named.Perturbation,
            Steps = parse.GetValue(steps) ?? named.Steps,
            StepSize = parse.GetValue(stepSize) ?? named.StepSize,
            BatchSize = parse.GetValue(batch) ?? named.BatchSize,
            Inner = parse.GetValue(inner) switch
            {
                "pgd" => InnerAttack.ProjectedGradient,
                "sia" => InnerAttack.WorstOfProjectedGradientAndStrongestInverted,
                "worst" => InnerAttack.WorstOfProjectedGradientAndOneHot,
                _ => named.Inner,
            },
        };
    }
}
