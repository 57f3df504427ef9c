using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Evaluation;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Training;
using TorchSharp;

namespace RobustInference.Experiments;

/// <summary>The aggregators of Table 2 on one ensemble, under the paper's attacks.</summary>
/// <param name="Archive">Its answers.</param>
/// <param name="Threat">Who is corrupted.</param>
/// <param name="Seed">Of training and attacks.</param>
public sealed record EnsembleExperiment(ProbitArchive Archive, ThreatModel Threat, long Seed)
{
    const double TrainingShare = 0.7;

    /// <summary>The rules of Table 2 in its order.</summary>
    public static IReadOnlyList<string> Aggregators { get; } = ["Mean", "CWMed", "GM", "CWTM", "DeepSet-TM"];

    /// <summary>Evaluates every rule, on one torch thread, so that the figures do not depend on how many experiments run side by side.</summary>
    /// <param name="network">DeepSet-TM's weights and trim; null leaves the rule out.</param>
    /// <param name="progress">Told a stage's name and how much is done.</param>
    /// <param name="cancel">Checked between attacks.</param>
    public IReadOnlyList<RobustnessReport> Evaluate((DeepSetNetwork Network, int Trim)? network, Action<string, double>? progress = null, CancellationToken cancel = default)
    {
        TorchThreads.One();
        var rules = new List<Aggregator> { new Mean(), new CoordinateWiseMedian(), new GeometricMedian(), new CoordinateWiseTrimmedMean(Threat.Count) };
        if (network is var (weights, trim)) rules.Add(new DeepSetTrimmedMean(weights, trim));
        var evaluation = new RobustnessEvaluation(Archive.Test, Archive.Validation, Threat, Seed);
        double step = 1.0 / (rules.Count * (AttackSuite.Paper.Count + AttackSuite.Beside.Count)), done = 0;
        return [.. rules.Select(rule => evaluation.Run(rule, AttackSuite.Paper, AttackSuite.Beside, attack =>
        {
            progress?.Invoke($"{rule.Name} under {attack}", done);
            done += step;
        }, cancel))];
    }

    /// <summary>Trains DeepSet-TM on the validation data, or reads it from the cache, then evaluates every rule.</summary>
    public IReadOnlyList<RobustnessReport> Run(DeepSetCache cache, DeepSetRecipe recipe, Action<string, double>? progress = null, CancellationToken cancel = default)
    {
        TorchThreads.One();
        var validation = Archive.Validation ?? throw new InvalidOperationException("DeepSet-TM needs validation data to be trained on");
        using var network = cache.Get(recipe, validation, new PassStages("training DeepSet-TM", recipe, (stage, done) => progress?.Invoke(stage, TrainingShare * done)), cancel);
        return Evaluate((network, recipe.Corrupted), (stage, done) => progress?.Invoke(stage, TrainingShare + (1 - TrainingShare) * done), cancel);
    }
}
