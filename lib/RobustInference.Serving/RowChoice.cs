namespace RobustInference.Serving;

/// <summary>Which f rows hurt most: minimises the margin of a mean of order statistics over all sets C of f corrupted
/// rows, in polynomial time.</summary>
/// <remarks>
/// With the sums of the exact worst case (<see cref="RangeSums"/>), for label y and rival k:
/// <para>The sum of the T lowest honest y is the minimum of Σ_{i∈𝒯} y_i over sets 𝒯 of T honest rows, and less the sum
/// of the U highest honest k is the minimum of −Σ_{i∈𝒰} k_i. Less the sum of the L lowest honest y is the minimum over
/// τ of −Lτ + Σ_{i honest} max(0, τ − y_i), which is convex in τ and least at the L-th lowest honest value; and the sum
/// of the H highest honest k is, likewise, the minimum over σ of Hσ + Σ_{i honest} max(0, k_i − σ).</para>
/// <para>So all is one minimum over C, 𝒯, 𝒰, τ and σ together. With τ and σ fixed it is a sum over rows, each of which
/// is corrupted or in 𝒯, in 𝒰, in both or in neither: dynamic programming over the rows with the state (|C|, |𝒯|, |𝒰|).
/// The L-th lowest honest value is among the L-th…(L+f)-th lowest of all, so f+1 values of τ are enough, and as many of
/// σ; with t ≤ f (L = H = 0) there is nothing to choose.</para>
/// </remarks>
/// <param name="clients">How many rows are known: n where none is missing.</param>
/// <param name="sums">T, L, U, H and f.</param>
internal sealed class RowChoice(int clients, RangeSums sums)
{
    readonly double[] states = new double[(sums.Corrupted + 1) * (sums.Low + 1) * (sums.High + 1)];
    readonly double[] differences = new double[clients];
    readonly bool[] needed = new bool[clients];
    double[] rivalBounds = [];
    int[] rivals = [];

    /// <summary>The least (n−a−b)·(s_y − max_{k≠y} s_k) over all C.</summary>
    /// <param name="columns">All n rows of a sample.</param>
    /// <param name="label">y.</param>
    public double Least(SortedColumns columns, int label)
    {
        Array.Resize(ref rivalBounds, columns.Classes);
        Array.Resize(ref rivals, columns.Classes);
        double own = columns.FromBelow(label, sums.DroppedLow, sums.Low);
        for (int k = 0; k < columns.Classes; k++)
            (rivals[k], rivalBounds[k]) = (
                k,
                k == label
                    ? double.PositiveInfinity
                    : own - columns.FromAbove(k, sums.DroppedHigh, sums.High) - sums.Ones
            );
        // The rival with the least bound first: most others are then out of the question.
        rivalBounds.AsSpan().Sort(rivals.AsSpan());
        double least = double.PositiveInfinity;
        for (int i = 0; i < rivals.Length && rivalBounds[i] < least; i++)
            least = Math.Min(least, Against(columns, label, rivals[i], rivalBounds[i]));
        return least;
    }

    /// <summary>The least (n−a−b)·(s_y − s_k) over all C, for one rival.</summary>
    public double Pair(SortedColumns columns, int label, int rival) =>
        Against(
            columns,
            label,
            rival,
            columns.FromBelow(label, sums.DroppedLow, sums.Low)
                - columns.FromAbove(rival, sums.DroppedHigh, sums.High)
                - sums.Ones
        );

    double Against(SortedColumns columns, int label, int rival, double bound)
    {
        if (IsAttained(columns.Order(label), columns.Order(rival)))
            return bound;
        ReadOnlySpan<double> own = columns.Column(label),
            other = columns.Column(rival);
        if (sums.Low == clients - sums.Corrupted && sums.High == clients - sums.Corrupted)
            return Mean(own, other);
        double least = double.PositiveInfinity;
        int pivotsBelow = sums.DroppedLow == 0 ? 0 : sums.Corrupted,
            pivotsAbove = sums.DroppedHigh == 0 ? 0 : sums.Corrupted;
        for (int below = 0; below <= pivotsBelow; below++)
        for (int above = 0; above <= pivotsAbove; above++)
        {
            double τ =
                sums.DroppedLow == 0 ? double.NegativeInfinity : columns.Ascending(label)[sums.DroppedLow - 1 + below];
            double σ =
                sums.DroppedHigh == 0 ? double.PositiveInfinity : columns.Ascending(rival)[^(sums.DroppedHigh + above)];
            double level =
                (sums.DroppedHigh == 0 ? 0 : sums.DroppedHigh * σ) - (sums.DroppedLow == 0 ? 0 : sums.DroppedLow * τ);
            least = Math.Min(least, level + Cheapest(own, other, τ, σ));
        }
        return least - sums.Ones;
    }

    /// <summary>Whether f rows are left beside the T lowest of the label and the U highest of the rival.</summary>
    bool IsAttained(ReadOnlySpan<int> own, ReadOnlySpan<int> other)
    {
        Array.Clear(needed);
        foreach (int row in own[..sums.Low])
            needed[row] = true;
        foreach (int row in other[^sums.High..])
            needed[row] = true;
        return needed.Count(false) >= sums.Corrupted;
    }

    double Mean(ReadOnlySpan<double> own, ReadOnlySpan<double> other)
    {
        for (int i = 0; i < clients; i++)
            differences[i] = own[i] - other[i];
        Array.Sort(differences);
        double sum = -sums.Ones;
        foreach (double difference in differences.AsSpan(..(clients - sums.Corrupted)))
            sum += difference;
        return sum;
    }

    /// <summary>The dynamic programme for given τ and σ.</summary>
    double Cheapest(ReadOnlySpan<double> own, ReadOnlySpan<double> other, double τ, double σ)
    {
        int f = sums.Corrupted,
            low = sums.Low,
            high = sums.High,
            width = high + 1,
            plane = (low + 1) * width;
        Array.Fill(states, double.PositiveInfinity);
        states[0] = 0;
        for (int i = 0; i < clients; i++)
        {
            double kept = Math.Max(0, τ - own[i]) + Math.Max(0, other[i] - σ),
                inLow = kept + own[i],
                inHigh = kept - other[i],
                inBoth = inLow - other[i];
            // States that cannot be full any more after the last row are left out. Downwards, since a state draws on
            // smaller ones alone.
            int left = clients - 1 - i,
                leastLow = Math.Max(0, low - left),
                leastHigh = Math.Max(0, high - left);
            for (int c = Math.Min(f, i + 1); c >= Math.Max(0, f - left); c--)
            for (int t = Math.Min(low, i + 1); t >= leastLow; t--)
            for (int u = Math.Min(high, i + 1), at = c * plane + t * width + u; u >= leastHigh; u--, at--)
            {
                double best = states[at] + kept;
                if (c > 0)
                    best = Math.Min(best, states[at - plane]);
                if (t > 0)
                    best = Math.Min(best, states[at - width] + inLow);
                if (u > 0)
                    best = Math.Min(best, states[at - 1] + inHigh);
                if (t > 0 && u > 0)
                    best = Math.Min(best, states[at - width - 1] + inBoth);
                states[at] = best;
            }
        }
        return states[^1];
    }
}
