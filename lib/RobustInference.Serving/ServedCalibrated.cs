namespace RobustInference.Serving;

/// <summary>Mean, median or trimmed mean of rows that are calibrated client by client first: client i's row p becomes
/// softmax(W_i log(p + 10⁻⁴) + b_i).</summary>
/// <remarks>
/// <para>Calibrated in float64 and rounded to float32, as the library does. Whatever a corrupted or absent client would
/// send, its calibrated row is on the simplex: so what is certified of the inner rule on calibrated rows
/// holds.</para>
/// <para>Calibrated rows come out a little different elsewhere, and every lead allows for it
/// (<see cref="RowRounding"/>). Let u and U be the units of rounding of float64 and float32, and L = 9.3 a bound of
/// |log(p + 10⁻⁴)|. A row that sums to 1 but for rounding may have been divided by its sum or not, here and there, a
/// factor of 1 ± 2U each: a logarithm is off by 4U for it, and by 128uL + 4u of its own. A logit is off by |W|₁ times
/// that, and by 2γ + 4u of |W|₁L + |b| for its sum and for taking the greatest one off. The logarithm of a softmax is
/// off by twice as much as the worst logit, and by 2γ of K and three elementary functions. Rounding rows to float32 and
/// averaging n of them adds γ of n + 1 in float32. All this together is τ, about 5·10⁻⁶ for weights as they are
/// trained; η allows for numbers that are too small for float32. Where an answer leads by less, its radius is smaller
/// than the library's.</para>
/// </remarks>
internal sealed class ServedCalibrated : ServedRule
{
    /// <summary>What is added to a probability before its logarithm.</summary>
    public const double Floor = 1e-4;

    // Of log(p + 10⁻⁴), p at most 1.001.
    const double MostLogarithm = 9.3;

    // Where a score may be off by a greater factor than e to this, nothing is certified.
    const double MostOff = 0.5;

    readonly double[] weight,
        bias;

    /// <param name="inner">What aggregates the calibrated rows.</param>
    /// <param name="weight">[n, K, K]: W_i, an output a row.</param>
    /// <param name="bias">[n, K]: b_i.</param>
    /// <param name="classes">K.</param>
    public ServedCalibrated(ServedRangeMean inner, double[] weight, double[] bias, int classes)
    {
        (Inner, this.weight, this.bias, Classes) = (inner, weight, bias, classes);
        Clients = bias.Length / classes;
        Rounding = RoundingOf(weight, bias, classes);
    }

    public override string Name => $"Calibrated {Inner.Name}";

    public override int? Clients { get; }

    public override int? Classes { get; }

    /// <summary>What aggregates the calibrated rows.</summary>
    public ServedRangeMean Inner { get; }

    /// <summary>[n, K, K]: W_i, an output a row.</summary>
    public ReadOnlySpan<double> Weight => weight;

    /// <summary>[n, K]: b_i.</summary>
    public ReadOnlySpan<double> Bias => bias;

    /// <summary>How far calibrated rows can be off elsewhere.</summary>
    public RowRounding Rounding { get; }

    public override int MostAbsent(int clients) => Inner.MostAbsent(clients);

    public override void CheckFits(int clients, int classes)
    {
        base.CheckFits(clients, classes);
        Inner.CheckFits(clients, classes);
    }

    private protected override Evaluation Evaluate(Query query)
    {
        int classes = query.Classes;
        var calibrated = new float[query.Present.Length * classes];
        double[] features = new double[classes],
            shares = new double[classes];
        for (int i = 0; i < query.Present.Length; i++)
        {
            var row = query.Row(i);
            for (int k = 0; k < classes; k++)
                features[k] = Math.Log(row[k] + Floor);
            int at = query.Present[i] * classes;
            for (int k = 0; k < classes; k++, at++)
                shares[k] = Dot.Of(weight.AsSpan(at * classes, classes), features) + bias[at];
            Softmax.Inplace(shares);
            for (int k = 0; k < classes; k++)
                calibrated[i * classes + k] = (float)shares[k];
        }
        return Inner.Evaluate(query with { Rows = calibrated }, Rounding);
    }

    static RowRounding RoundingOf(double[] weight, double[] bias, int classes)
    {
        const double Unit = RoundingUnits.Double,
            OfLogarithm = 4 * RoundingUnits.Single + (2 * VoteMemberWeights.Elementary * MostLogarithm + 4) * Unit;
        double gamma = RoundingUnits.GammaDouble(classes + 1),
            most = 0;
        for (int at = 0; at < bias.Length; at++)
        {
            double sizes = 0;
            foreach (double w in weight.AsSpan(at * classes, classes))
                sizes += Math.Abs(w);
            double logit = sizes * MostLogarithm + Math.Abs(bias[at]);
            most = Math.Max(most, sizes * OfLogarithm * (1 + gamma) + (2 * gamma + 4 * Unit) * logit);
        }
        double τ =
            2 * most
            + 2 * RoundingUnits.GammaDouble(classes + 3 * VoteMemberWeights.Elementary)
            + RoundingUnits.GammaSingle(bias.Length / classes + 1);
        // The smallest normal number of float32 for a row, and again for the mean.
        double η = Math.ScaleB(1, -126) * 2;
        return new(τ < MostOff ? Math.Exp(-2 * τ) : 0, 2 * η);
    }
}
