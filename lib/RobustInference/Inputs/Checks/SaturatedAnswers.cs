using RobustInference.Numerics;
using RobustInference.Probits;

namespace RobustInference.Inputs.Checks;

/// <summary>Masked or saturated answers: a class has all the probability, to the last digit.</summary>
public sealed class SaturatedAnswers : IInputCheck
{
    const double Suspicious = 0.2;
    const float Masked = 1e4f;

    public string Name => "saturated answers";

    public IEnumerable<Finding> Examine(InputEnsemble input)
    {
        if (input.HasVotes)
            yield break;
        var test = input.Archive.Test;
        var (saturated, masked) = Count(test, input.HasLogits);
        double rows = (double)test.Samples * test.Clients;
        if (masked > 0)
            yield return new(
                Name,
                "test answers",
                FormattableString.Invariant(
                    $"{100 * masked / rows:F1} % of the rows hold logits beyond ±{Masked:0}, as masks leave them"
                ),
                "export the logits before masking"
            );
        else if (saturated / rows > Suspicious)
            yield return new(
                Name,
                "test answers",
                FormattableString.Invariant(
                    $"{100 * saturated / rows:F0} % of the rows give one class a probability of exactly 1"
                ),
                "export logits or probabilities, not decisions; or calibrate the clients"
            );
    }

    static (long Saturated, long Masked) Count(ProbitSet set, bool logits)
    {
        using var probits = set.Probits.contiguous();
        using var raw = set.Logits.contiguous();
        var p = probits.Floats();
        var z = raw.Floats();
        long saturated = 0,
            masked = 0;
        for (int at = 0; at < p.Length; at += set.Classes)
        {
            bool whole = false,
                beyond = false;
            for (int k = at; k < at + set.Classes; k++)
            {
                whole |= p[k] == 1;
                beyond |= logits && Math.Abs(z[k]) >= Masked;
            }
            saturated += whole ? 1 : 0;
            masked += beyond ? 1 : 0;
        }
        return (saturated, masked);
    }
}
