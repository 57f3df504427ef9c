namespace RobustInference.Serving;

/// <summary>DeepSet-TM or CertifiedDeepSet: μ of the coordinate-wise trimmed mean of ρ over clients.</summary>
/// <remarks>
/// <para>With a of n clients absent, t−a encodings are dropped on each side of those that came: it needs a ≤ t.</para>
/// <para>What is certified: of n encodings a are unknown and any r of the others may change, so that the trimmed mean
/// of every latent coordinate lies between two means of n−2t known values, of places t−a−r… and of t+r…; the box of
/// these goes through μ by intervals, and where they do not decide by a backward linear relaxation. Room is left for
/// rounding in float32.</para>
/// </remarks>
internal sealed class ServedDeepSet : ServedRule
{
    readonly double[] encodingError;

    /// <param name="name">The name in tables.</param>
    /// <param name="encoder">ρ: K → h and h → h, with a ReLU between them.</param>
    /// <param name="decoder">μ: h → d and d → K.</param>
    /// <param name="trim">t.</param>
    public ServedDeepSet(string name, (Layer In, Layer Out) encoder, (Layer In, Layer Out) decoder, int trim)
    {
        (Name, Encoder, Decoder, Trim) = (name, encoder, decoder, trim);
        encodingError = ErrorOfEncodings(encoder.In, encoder.Out);
    }

    public override string Name { get; }

    public override int? Classes => Encoder.In.Inputs;

    public (Layer In, Layer Out) Encoder { get; }

    public (Layer In, Layer Out) Decoder { get; }

    /// <summary>t.</summary>
    public int Trim { get; }

    /// <summary>h.</summary>
    public int Hidden => Encoder.In.Outputs;

    /// <summary>d.</summary>
    public int DecoderWidth => Decoder.In.Outputs;

    /// <summary>How far two encodings of the same row can be apart, in float32, in every latent coordinate.</summary>
    public ReadOnlySpan<double> EncodingError => encodingError;

    public override int MostAbsent(int clients) => Math.Min(Trim, clients - 1);

    public override void CheckFits(int clients, int classes)
    {
        base.CheckFits(clients, classes);
        if (clients <= 2 * Trim)
            throw new ArgumentException(
                $"{Name}: {clients} clients are too few, at least {2 * Trim + 1} are needed for a trim of {Trim}"
            );
    }

    private protected override Evaluation Evaluate(Query query)
    {
        int came = query.Present.Length,
            absent = query.Absent;
        var latents = new LatentColumns(Hidden, came);
        double[] row = new double[query.Classes],
            hidden = new double[Hidden],
            encoding = new double[Hidden];
        for (int i = 0; i < came; i++)
        {
            var given = query.Row(i);
            for (int k = 0; k < row.Length; k++)
                row[k] = given[k];
            Encoder.In.ApplyRelu(row, hidden);
            Encoder.Out.Apply(hidden, encoding);
            latents.Set(i, encoding);
        }
        latents.Sort();
        var summary = new double[Hidden];
        latents.Mean(Trim - absent, came - 2 * (Trim - absent), summary);
        double[] between = new double[DecoderWidth],
            scores = new double[query.Classes];
        Decoder.In.ApplyRelu(summary, between);
        Decoder.Out.Apply(between, scores);
        return new Boxed(scores, this, latents, query.Clients, absent);
    }

    static double[] ErrorOfEncodings(Layer first, Layer last)
    {
        int hidden = first.Outputs;
        var own = new double[hidden];
        for (int j = 0; j < hidden; j++)
        {
            double greatest = 0;
            foreach (double weight in first.Row(j))
                greatest = Math.Max(greatest, Math.Abs(weight));
            own[j] =
                (greatest * (1 + Query.SumTolerance) + Math.Abs(first.Bias[j]))
                * RoundingUnits.GammaSingle(first.Inputs + 1);
        }
        // The error is convex in the row: its greatest value over the simplex stands at a corner.
        var sizes = new double[hidden];
        var corner = new double[hidden];
        foreach (double length in new[] { 1 - Query.SumTolerance, 1 + Query.SumTolerance })
            for (int k = 0; k < first.Inputs; k++)
            {
                for (int j = 0; j < hidden; j++)
                    corner[j] = Math.Max(0, first.Row(j)[k] * length + first.Bias[j]) + own[j];
                for (int i = 0; i < hidden; i++)
                    sizes[i] = Math.Max(sizes[i], Dot.Sizes(last.Row(i), corner));
            }
        double gamma = RoundingUnits.GammaSingle(hidden + 1);
        return
        [
            .. Enumerable
                .Range(0, hidden)
                .Select(i => 2 * ((sizes[i] + Math.Abs(last.Bias[i])) * gamma + Dot.Sizes(last.Row(i), own))),
        ];
    }

    sealed class Boxed(double[] scores, ServedDeepSet rule, LatentColumns latents, int clients, int absent)
        : Evaluation(scores)
    {
        readonly Dictionary<int, MarginBounds> bounds = [];

        public override int Most => rule.Trim - absent;

        public override double Lead(int rival, int changed)
        {
            if (!bounds.TryGetValue(changed, out var known))
                bounds[changed] = known = Bounds(changed);
            return known.Lead(Answer, rival);
        }

        MarginBounds Bounds(int changed)
        {
            int t = rule.Trim,
                kept = clients - 2 * t;
            double[] low = new double[rule.Hidden],
                high = new double[rule.Hidden];
            latents.Mean(t - absent - changed, kept, low);
            latents.Mean(t + changed, kept, high);
            double gamma = RoundingUnits.GammaSingle(clients + 6);
            for (int j = 0; j < low.Length; j++)
            {
                double centre = (low[j] + high[j]) * 0.5,
                    radius = (high[j] - low[j]) * 0.5 + latents.Size(j) * gamma + rule.encodingError[j];
                (low[j], high[j]) = (centre, radius);
            }
            return new MarginBounds(rule.Decoder.In, rule.Decoder.Out, low, high);
        }
    }
}
