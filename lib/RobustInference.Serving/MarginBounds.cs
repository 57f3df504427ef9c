namespace RobustInference.Serving;

/// <summary>Lower bounds of the margins of μ over a box of latents, with room for rounding in float32: intervals, and a
/// backward linear relaxation where these do not decide.</summary>
internal sealed class MarginBounds
{
    readonly Layer first,
        last;
    readonly double[] centre,
        radius,
        middle,
        error,
        low,
        high,
        lowActive,
        highActive,
        scoreErrors;

    /// <param name="first">h → d.</param>
    /// <param name="last">d → K.</param>
    /// <param name="centre">Of the box, h.</param>
    /// <param name="radius">Of the box, h, not negative.</param>
    public MarginBounds(Layer first, Layer last, double[] centre, double[] radius)
    {
        (this.first, this.last, this.centre, this.radius) = (first, last, centre, radius);
        int width = first.Outputs;
        (middle, error, low, high) = (new double[width], new double[width], new double[width], new double[width]);
        (lowActive, highActive) = (new double[width], new double[width]);
        var reach = new double[first.Inputs];
        for (int j = 0; j < reach.Length; j++)
            reach[j] = Math.Abs(centre[j]) + radius[j];
        double gamma = RoundingUnits.GammaSingle(first.Inputs + 1);
        for (int i = 0; i < width; i++)
        {
            var weights = first.Row(i);
            middle[i] = Dot.Of(weights, centre) + first.Bias[i];
            error[i] = (Dot.Sizes(weights, reach) + Math.Abs(first.Bias[i])) * gamma;
            double off = Dot.Sizes(weights, radius) + error[i];
            (low[i], high[i]) = (middle[i] - off, middle[i] + off);
            (lowActive[i], highActive[i]) = (Math.Max(0, low[i]), Math.Max(0, high[i]));
        }
        double lastGamma = RoundingUnits.GammaSingle(width + 1);
        scoreErrors = new double[last.Outputs];
        for (int k = 0; k < scoreErrors.Length; k++)
            scoreErrors[k] = (Dot.Sizes(last.Row(k), highActive) + Math.Abs(last.Bias[k])) * lastGamma;
    }

    /// <summary>A lower bound of s_y − s_k.</summary>
    public double Lead(int label, int rival)
    {
        ReadOnlySpan<double> own = last.Row(label),
            other = last.Row(rival);
        double bias = last.Bias[label] - last.Bias[rival],
            shift = bias - scoreErrors[rival] - scoreErrors[label],
            interval = 0,
            atCentre = 0;
        for (int j = 0; j < own.Length; j++)
        {
            double weight = own[j] - other[j];
            interval += weight * (weight > 0 ? lowActive[j] : highActive[j]);
            atCentre += weight * Math.Max(0, middle[j]);
        }
        interval += shift;
        return interval > 0 || atCentre + bias <= 0 ? interval : Math.Max(interval, Relaxed(own, other) + shift);
    }

    // Where a unit may be either, its chord runs from (low, 0) to (high, high), and the line of slope 0 lies under it.
    double Relaxed(ReadOnlySpan<double> own, ReadOnlySpan<double> other)
    {
        var onLatents = new double[centre.Length];
        double sum = 0;
        for (int j = 0; j < own.Length; j++)
        {
            double weight = own[j] - other[j],
                linear = low[j] >= 0 ? 1 : 0,
                chord = low[j] < 0 && high[j] > 0 ? high[j] / (high[j] - low[j]) : 0,
                slope = weight > 0 ? weight * linear : weight * (linear + chord);
            if (slope == 0)
                continue;
            Dot.AddInplace(onLatents, slope, first.Row(j));
            sum += slope * first.Bias[j] - Math.Abs(slope) * error[j];
            if (weight < 0)
                sum -= weight * chord * low[j];
        }
        return sum + Dot.Of(onLatents, centre) - Dot.Sizes(onLatents, radius);
    }
}
