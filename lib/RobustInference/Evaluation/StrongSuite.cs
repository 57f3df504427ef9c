using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Evaluation;

/// <summary>Everything that is known to work against a rule, in sequence, each attack on what still stands: an upper
/// bound of what the rule withstands, and nothing to tune.</summary>
/// <remarks>First the paper's six, as <see cref="RobustnessEvaluation"/> runs them with the same seed; then
/// <see cref="AttackSuite.Strong"/> on the samples that are right when clean and survive the six; at last a blind
/// attack. A rule that selects rows (<see cref="Aggregator.Selects"/>) meets <see cref="HonestCopies"/> too. Of what is
/// certified, ascents and the blind attack are tried on a part only. A rule over logits meets
/// <see cref="AttackSuite.OverLogits"/> instead, first every target in logit space. A sample counts as broken only if
/// the rule itself, given all n rows, no longer answers right.</remarks>
public static class StrongSuite
{
    /// <summary>Runs the paper's six and then the suite.</summary>
    /// <param name="answers">What the clients answered.</param>
    /// <param name="rule">The aggregator under attack.</param>
    /// <param name="threat">The corrupted clients; for <see cref="Adversary.Any"/> they are only the first set that is
    /// tried.</param>
    /// <param name="adversary">Who picks the corrupted clients.</param>
    /// <param name="seed">Random seed of the attacks.</param>
    /// <param name="validation">The server's validation data; without it, attacks that need it are left out.</param>
    /// <param name="progress">Told a stage's name and how much is done, 0…1.</param>
    /// <param name="cancel">Checked between attacks, and between their steps and batches.</param>
    /// <exception cref="CertificateViolation">A certified sample was broken.</exception>
    /// <exception cref="ArgumentException">The threat model is for another number of clients.</exception>
    public static StrongReport Run(
        ProbitSet answers,
        Aggregator rule,
        ThreatModel threat,
        Adversary adversary,
        long seed,
        ProbitSet? validation,
        Action<string, double>? progress = null,
        CancellationToken cancel = default
    )
    {
        var paper = new RobustnessEvaluation(answers, validation, threat, seed).Run(
            rule,
            rule.Input == AnswerSpace.Logits ? [] : AttackSuite.Paper,
            [],
            attack => progress?.Invoke(attack, 0),
            cancel
        );
        return Run(answers, rule, paper, threat, adversary, seed, progress, cancel);
    }

    /// <summary>As above, where the paper's six have been run already.</summary>
    /// <param name="answers">What the clients answered.</param>
    /// <param name="rule">The aggregator under attack.</param>
    /// <param name="paper">The outcome of the six on the same answers, threat model and seed.</param>
    /// <param name="threat">The corrupted clients.</param>
    /// <param name="adversary">Who picks them.</param>
    /// <param name="seed">Random seed of the attacks.</param>
    /// <param name="progress">Told a stage's name and how much is done, 0…1.</param>
    /// <param name="cancel">Checked between attacks, and between their steps and batches.</param>
    /// <param name="own">A user's own attacks, tried after the library's.</param>
    public static StrongReport Run(
        ProbitSet answers,
        Aggregator rule,
        RobustnessReport paper,
        ThreatModel threat,
        Adversary adversary,
        long seed,
        Action<string, double>? progress = null,
        CancellationToken cancel = default,
        IReadOnlyList<IAttack>? own = null
    )
    {
        using var suite = new StrongSuiteRun(answers, rule, paper, threat, seed, own ?? []);
        return suite.Against(adversary, progress, cancel);
    }

    /// <summary>Both threat models in one go: the adversary who may choose goes on where the fixed set left
    /// off.</summary>
    /// <param name="answers">What the clients answered.</param>
    /// <param name="rule">The aggregator under attack.</param>
    /// <param name="paper">The outcome of the six on the same answers, threat model and seed.</param>
    /// <param name="threat">The fixed set.</param>
    /// <param name="seed">Random seed of the attacks.</param>
    /// <param name="progress">Told a stage's name and how much is done, 0…1.</param>
    /// <param name="cancel">Checked between attacks, and between their steps and batches.</param>
    public static (StrongReport Fixed, StrongReport Any) Both(
        ProbitSet answers,
        Aggregator rule,
        RobustnessReport paper,
        ThreatModel threat,
        long seed,
        Action<string, double>? progress = null,
        CancellationToken cancel = default
    )
    {
        using var suite = new StrongSuiteRun(answers, rule, paper, threat, seed, []);
        return (suite.Against(Adversary.Fixed, progress, cancel), suite.Against(Adversary.Any, progress, cancel));
    }
}
