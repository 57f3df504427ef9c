using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Evaluation;

/// <summary>The one place where what an attack returns is taken over: whatever the attack, only rows that a client
/// could send reach the rule.</summary>
public static class CheckedAttack
{
    // What is left of a subtraction that should give zero.
    const float LeastEntry = -1e-6f;

    /// <summary>What the corrupted clients send, checked.</summary>
    /// <param name="attack">The attack.</param>
    /// <param name="query">What is attacked.</param>
    /// <param name="place">What messages call row i of sample s of the query: by default, sample s and the i-th
    /// corrupted client.</param>
    /// <returns>[S, m, K] float32; finite, and for a rule over probits on the simplex, unless
    /// <see cref="IAttack.LeavesSimplex"/>.</returns>
    /// <exception cref="InvalidDataException">Something else: the message names attack, sample and client.</exception>
    public static Tensor Corrupt(
        IAttack attack,
        AttackQuery query,
        Func<int, int, (long Sample, long Client)>? place = null
    )
    {
        var sent = attack.Corrupt(query);
        long[] shape = [query.Samples, query.Corrupted, query.Classes];
        if (!sent.shape.SequenceEqual(shape) || sent.dtype != ScalarType.Float32)
            throw new InvalidDataException(
                $"attack {attack.Name} returned {sent.dtype} [{string.Join(", ", sent.shape)}], "
                    + $"wanted Float32 [{string.Join(", ", shape)}]: samples, corrupted clients, classes"
            );
        bool onSimplex = query.Rule.Input == AnswerSpace.Probits && !attack.LeavesSimplex;
        using var rows = sent.detach().cpu().contiguous();
        var values = rows.Floats();
        for (int at = 0, r = 0; at < values.Length; at += query.Classes, r++)
            if (Fault(values.Slice(at, query.Classes), onSimplex) is { } fault)
            {
                var (s, i) = (r / query.Corrupted, r % query.Corrupted);
                var (sample, client) = place?.Invoke(s, i) ?? (s, query.Threat.Corrupted[i]);
                throw new InvalidDataException($"attack {attack.Name}, sample {sample}, client {client}: {fault}");
            }
        // A user's own attack may have drawn its rows on the processor.
        return sent.to(query.Input.device);
    }

    static string? Fault(ReadOnlySpan<float> row, bool onSimplex)
    {
        double sum = 0;
        for (int k = 0; k < row.Length; k++)
        {
            if (!float.IsFinite(row[k]))
                return $"sends {row[k]} for class {k}, which is not a finite number";
            if (onSimplex && row[k] < LeastEntry)
                return $"sends {row[k]} for class {k}, which is not a probability";
            sum += row[k];
        }
        return onSimplex && Math.Abs(sum - 1) > ProbitSet.SumTolerance
            ? $"sends probabilities that sum to {sum:0.######}, not to 1"
            : null;
    }
}
