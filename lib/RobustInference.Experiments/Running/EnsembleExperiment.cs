using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Catalogue;
using RobustInference.Evaluation;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Training;
using TorchSharp;

namespace RobustInference.Running;

/// <summary>The aggregators of Table 2 on one ensemble, under the paper's attacks.</summary>
/// <param name="Archive">Its answers.</param>
/// <param name="Threat">Who is corrupted.</param>
/// <param name="Seed">Of training and attacks.</param>
public sealed record EnsembleExperiment(ProbitArchive Archive, ThreatModel Threat, long Seed)
{
    const double TrainingShare = 0.7;

    /// <summary>The rules of Table 2 in its order.</summary>
    public static IReadOnlyList<string> Aggregators { get; } = ["Mean", "CWMed", "GM", "CWTM", "DeepSet-TM"];

    /// <summary>Evaluates every rule, on one torch thread, so that the figures do not depend on how many experiments
    /// run side by side.</summary>
    /// <param name="trained">The learned rule; null leaves it out.</param>
    /// <param name="progress">Told a stage's name and how much is done.</param>
    /// <param name="cancel">Checked between attacks.</param>
    public IReadOnlyList<RobustnessReport> Evaluate(
        TrainedDeepSet? trained,
        Action<string, double>? progress = null,
        CancellationToken cancel = default
    )
    {
        TorchThreads.One();
        var rules = Rules(trained);
        var evaluation = new RobustnessEvaluation(Archive.Test, Archive.Validation, Threat, Seed);
        double step = 1.0 / (rules.Length * (AttackSuite.Paper.Count + AttackSuite.Excluded.Count)),
            done = 0;
        return
        [
            .. rules.Select(rule =>
                evaluation.Run(
                    rule,
                    AttackSuite.Paper,
                    AttackSuite.Excluded,
                    attack =>
                    {
                        progress?.Invoke($"{rule.Name} under {attack}", done);
                        done += step;
                    },
                    cancel
                )
            ),
        ];
    }

    /// <summary>The strong suite on every rule, after the paper's six.</summary>
    /// <param name="trained">As for <see cref="Evaluate"/>.</param>
    /// <param name="reports">What <see cref="Evaluate"/> gave.</param>
    /// <param name="progress">Told a stage's name and how much is done.</param>
    /// <param name="cancel">Checked between attacks.</param>
    public IReadOnlyList<StrongReport> Strong(
        TrainedDeepSet? trained,
        IReadOnlyList<RobustnessReport> reports,
        Action<string, double>? progress = null,
        CancellationToken cancel = default
    )
    {
        var rules = Rules(trained);
        return
        [
            .. rules.Select(
                (rule, i) =>
                    StrongSuite.Run(
                        rule,
                        reports[i],
                        Archive.Test,
                        Threat,
                        Adversary.Fixed,
                        Seed,
                        (stage, done) => progress?.Invoke($"{rule.Name} under {stage}", (i + done) / rules.Length),
                        cancel
                    )
            ),
        ];
    }

    Aggregator[] Rules(TrainedDeepSet? trained) =>
        [
            new Mean(),
            new CoordinateWiseMedian(),
            new GeometricMedian(),
            new CoordinateWiseTrimmedMean(Threat.Count),
            .. trained is null ? [] : new[] { trained.Rule },
        ];

    /// <summary>Trains DeepSet-TM on the validation data, or reads it from the cache, then evaluates every
    /// rule.</summary>
    public IReadOnlyList<RobustnessReport> Run(
        DeepSetCache cache,
        DeepSetRecipe recipe,
        Action<string, double>? progress = null,
        CancellationToken cancel = default
    )
    {
        TorchThreads.One();
        var validation =
            Archive.Validation
            ?? throw new InvalidOperationException("DeepSet-TM needs validation data to be trained on");
        using var network = cache.Get(
            recipe,
            validation,
            new PassStages(
                "training DeepSet-TM",
                recipe.Passes,
                (stage, done) => progress?.Invoke(stage, TrainingShare * done)
            ),
            cancel
        );
        return Evaluate(
            new TrainedDeepSet(network, recipe.Corrupted, recipe.Corrupted, IsCertified: false),
            (stage, done) => progress?.Invoke(stage, TrainingShare + (1 - TrainingShare) * done),
            cancel
        );
    }
}
