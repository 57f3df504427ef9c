using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Devices;
using RobustInference.Numerics;
using RobustInference.Probits;
using static TorchSharp.torch;

namespace RobustInference.Evaluation;

/// <summary>One rule against a list of attacks.</summary>
/// <param name="Answers">What the clients answered.</param>
/// <param name="Validation">The server's validation data; without it, attacks that need it are left out.</param>
/// <param name="Threat">Who is corrupted.</param>
/// <param name="Seed">Random seed of the attacks.</param>
/// <param name="Device">Where they are worked out; default: <see cref="ComputeDevice.Default"/>.</param>
public sealed record RobustnessEvaluation(
    ProbitSet Answers,
    ProbitSet? Validation,
    ThreatModel Threat,
    long Seed,
    Device? Device = null
)
{
    /// <summary>Runs every attack.</summary>
    /// <param name="rule">The aggregator under attack.</param>
    /// <param name="attacks">Those of the worst case.</param>
    /// <param name="beside">Those that are only shown.</param>
    /// <param name="onAttack">Told the name of each attack before it runs.</param>
    /// <param name="cancel">Checked between attacks, and between their steps and batches.</param>
    public RobustnessReport Run(
        Aggregator rule,
        IReadOnlyList<IAttack> attacks,
        IReadOnlyList<IAttack> beside,
        Action<string>? onAttack = null,
        CancellationToken cancel = default
    )
    {
        using var stopping = LongWork.StopBy(cancel);
        using var attacked = new RuleUnderAttack(Answers, rule, Threat, Seed, Validation, device: Device);
        return new RobustnessReport(rule.Name, attacked.Clean(), Outcomes(attacks), Outcomes(beside));

        (string, bool[])[] Outcomes(IReadOnlyList<IAttack> list) =>
            [
                .. list.Where(attack => !attack.NeedsValidation || Validation is not null)
                    .Select(attack => (attack.Name, Outcome(attack))),
            ];

        bool[] Outcome(IAttack attack)
        {
            LongWork.ThrowIfCancelled(cancel);
            onAttack?.Invoke(attack.Name);
            return attacked.Under(attack);
        }
    }
}
