namespace RobustInference.Serving;

/// <summary>The weights of one network of a CertifiedVote, its vote and how far that can be off.</summary>
/// <remarks>Row and logarithm of the row, with what is known of the client, go through two hidden layers of ReLUs and a
/// softmax, times the client's influence. A running error analysis in float64 goes along (Higham, 2002, section
/// 3.1).</remarks>
internal sealed class VoteMemberWeights
{
    /// <summary>Units of rounding allowed for a logarithm or an exponential.</summary>
    public const int Elementary = 64;

    /// <summary>What is added to a probability before its logarithm.</summary>
    public const double Floor = 1e-3;

    // Where logits may be off by more than this, a vote is taken to be anything.
    const double MostOff = 0.5;

    readonly double embeddingGamma;

    /// <param name="rowIn">2K → h.</param>
    /// <param name="between">h → h.</param>
    /// <param name="voteOut">h → K.</param>
    /// <param name="embedding">[n, e].</param>
    /// <param name="clientIn">[h, e].</param>
    /// <param name="influence">[n], in 0…1.</param>
    /// <param name="bias">[K].</param>
    public VoteMemberWeights(
        Layer rowIn,
        Layer between,
        Layer voteOut,
        double[] embedding,
        double[] clientIn,
        double[] influence,
        double[] bias
    )
    {
        (RowIn, Between, VoteOut, Influence, Bias) = (rowIn, between, voteOut, influence, bias);
        int e = embedding.Length / influence.Length,
            hidden = rowIn.Outputs;
        embeddingGamma = RoundingUnits.GammaDouble(e);
        Known = new double[influence.Length * hidden];
        KnownErrors = new double[Known.Length];
        KnownSizes = new double[Known.Length];
        for (int i = 0; i < influence.Length; i++)
        for (int j = 0; j < hidden; j++)
        {
            double sum = 0,
                size = 0;
            for (int x = 0; x < e; x++)
            {
                double product = embedding[i * e + x] * clientIn[j * e + x];
                sum += product;
                size += Math.Abs(product);
            }
            Known[i * hidden + j] = sum;
            KnownSizes[i * hidden + j] = size;
            KnownErrors[i * hidden + j] = size * embeddingGamma;
        }
    }

    public int Clients => Influence.Length;

    public int Classes => Bias.Length;

    public Layer RowIn { get; }

    public Layer Between { get; }

    public Layer VoteOut { get; }

    /// <summary>[n], α.</summary>
    public double[] Influence { get; }

    /// <summary>[K].</summary>
    public double[] Bias { get; }

    /// <summary>[n, h], what the first layer gets of each client.</summary>
    public double[] Known { get; }

    /// <summary>[n, h], by how much that may be off.</summary>
    public double[] KnownErrors { get; }

    /// <summary>[n, h], the same sums of absolute values.</summary>
    public double[] KnownSizes { get; }

    /// <summary>By how much a row's logarithm, as the first layer reads it, may be off.</summary>
    public static double LogarithmError => (2 * Elementary + 8) * RoundingUnits.Double;

    /// <summary>Adds a share of the client's vote, and of its error.</summary>
    public void AddVote(int client, ReadOnlySpan<float> row, double share, Span<double> votes, Span<double> errors)
    {
        int hidden = RowIn.Outputs,
            classes = row.Length;
        var features = new double[2 * classes];
        var error = new double[2 * classes];
        for (int k = 0; k < classes; k++)
        {
            features[k] = row[k];
            features[classes + k] = Math.Log(Math.Max(0, row[k]) + Floor) / 4 + 1;
            error[classes + k] = LogarithmError;
        }
        var (values, off) = Apply(RowIn, features, error);
        double gamma = RoundingUnits.GammaDouble(1);
        for (int j = 0, at = client * hidden; j < hidden; j++, at++)
        {
            off[j] += KnownErrors[at] + (Math.Abs(values[j]) + off[j] + KnownSizes[at]) * gamma;
            values[j] = Math.Max(0, values[j] + Known[at]);
        }
        (values, off) = Apply(Between, values, off);
        for (int j = 0; j < hidden; j++)
            values[j] = Math.Max(0, values[j]);
        var (logits, apart) = Apply(VoteOut, values, off);
        double size = 0;
        foreach (double logit in logits)
            size = Math.Max(size, Math.Abs(logit));
        double most = apart.Max() + size * (4 * RoundingUnits.Double),
            factor = ExpMinusOne(2 * most + RoundingUnits.GammaDouble(classes + 3 * Elementary));
        Softmax.Inplace(logits);
        for (int k = 0; k < classes; k++)
        {
            votes[k] += share * logits[k] * Influence[client];
            // What is smaller than any number may have become zero.
            errors[k] += share * (most < MostOff ? logits[k] * factor + double.Epsilon * classes : 1);
        }
    }

    // Of an argument that is small or at most 1: the second form is exact to first order.
    static double ExpMinusOne(double x) => x < 1e-5 ? x * (1 + x) : Math.Exp(x) - 1;

    static (double[] Values, double[] Errors) Apply(Layer layer, double[] x, double[] e)
    {
        double gamma = RoundingUnits.GammaDouble(layer.Inputs + 1);
        double[] values = new double[layer.Outputs],
            errors = new double[layer.Outputs],
            sizes = new double[x.Length];
        for (int j = 0; j < x.Length; j++)
            sizes[j] = Math.Abs(x[j]);
        for (int i = 0; i < values.Length; i++)
        {
            var weights = layer.Row(i);
            values[i] = Dot.Of(weights, x) + layer.Bias[i];
            errors[i] =
                Dot.Sizes(weights, e) * (1 + gamma) + (Dot.Sizes(weights, sizes) + Math.Abs(layer.Bias[i])) * gamma;
        }
        return (values, errors);
    }
}
