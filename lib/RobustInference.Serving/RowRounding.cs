namespace RobustInference.Serving;

/// <summary>How far rows that another implementation works out can be off from those that are known, all the way to the
/// scores.</summary>
/// <remarks>A mean of order statistics of values that are off by a factor of at most e^τ and by at most η is itself off
/// by no more. So if s_y·e^−2τ − s_k − 2η is positive here, s_y &gt; s_k there.</remarks>
/// <param name="Ratio">e^−2τ, 0…1: what the answer's score keeps beside a rival's.</param>
/// <param name="Least">2η, which is taken off every lead.</param>
internal readonly record struct RowRounding(double Ratio, double Least)
{
    /// <summary>Rows that are given, and the same everywhere.</summary>
    public static RowRounding None { get; } = new(1, 0);
}
