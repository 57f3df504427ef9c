namespace RobustInference.Evaluation;

/// <summary>A difference with its interval.</summary>
/// <param name="Difference">Of the two figures on all samples; of accuracies, 0…1.</param>
/// <param name="Low">2.5 % quantile over resamples.</param>
/// <param name="High">97.5 % quantile.</param>
public readonly record struct Interval(double Difference, double Low, double High)
{
    /// <summary>For people, in percentage points: <c>+2.3 [+1.9, +2.7]</c>.</summary>
    public string InPoints() =>
        FormattableString.Invariant($"{100 * Difference:+0.0;−0.0} [{100 * Low:+0.0;−0.0}, {100 * High:+0.0;−0.0}]");
}
