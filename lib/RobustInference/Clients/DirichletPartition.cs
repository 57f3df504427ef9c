using MathNet.Numerics.Distributions;
using RobustInference.Numerics;

namespace RobustInference.Clients;

/// <summary>Training data split among n clients by Dir_n(α) per class (Hsu et al., 2019), a tenth of each share held by
/// the server; by the paper's text (Section 5) the server's tenth is taken first.</summary>
/// <remarks>A client that already holds more than N/n samples gets no more of the next class; the split is drawn again
/// until every client holds at least K samples. Then ⌊10 %⌋ of every client's share, drawn at random, goes to the
/// server, and their union is its validation data.
/// </remarks>
/// <param name="Clients">Per client, indices of its own training samples.</param>
/// <param name="Server">Indices of the server's validation samples, client by client.</param>
public sealed record DirichletPartition(int[][] Clients, int[] Server)
{
    const int Attempts = 10_000;

    /// <summary>Draws the partition of (<paramref name="labels"/>, α, n) for <paramref name="seed"/>.</summary>
    /// <exception cref="ArgumentException">n, α or K not positive, or fewer than n·K samples.</exception>
    /// <exception cref="InvalidOperationException">No split gave every client K samples in 10,000 draws.</exception>
    public static DirichletPartition Draw(ReadOnlySpan<byte> labels, int classes, int clients, double alpha, long seed)
    {
        if (clients < 1 || classes < 1 || !(alpha > 0))
            throw new ArgumentException("clients, classes and α must be positive");
        if (labels.Length < clients * classes)
            throw new ArgumentException($"{labels.Length} samples cannot give {clients} clients {classes} each");
        var random = RandomStream.Managed(seed, "partition");
        var byClass = new List<int>[classes];
        for (int k = 0; k < classes; k++)
            byClass[k] = [];
        for (int i = 0; i < labels.Length; i++)
            byClass[labels[i]].Add(i);

        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            var shares = Split(byClass, labels.Length, clients, alpha, random);
            if (shares.Any(share => share.Count < classes))
                continue;
            return HoldOut(shares, random);
        }
        throw new InvalidOperationException(
            $"no split of {labels.Length} samples among {clients} clients with α = {alpha} gave each at "
                + $"least {classes} in {Attempts} draws"
        );
    }

    /// <summary>How many training samples of every class each client has.</summary>
    /// <returns>[n, K].</returns>
    public int[,] ClassCounts(ReadOnlySpan<byte> labels, int classes)
    {
        var counts = new int[Clients.Length, classes];
        for (int c = 0; c < Clients.Length; c++)
            foreach (int sample in Clients[c])
                counts[c, labels[sample]]++;
        return counts;
    }

    static List<int>[] Split(List<int>[] byClass, int total, int clients, double alpha, Random random)
    {
        var shares = new List<int>[clients];
        for (int c = 0; c < clients; c++)
            shares[c] = [];
        var concentration = Enumerable.Repeat(alpha, clients).ToArray();
        foreach (var members in byClass)
        {
            int[] shuffled = [.. members];
            random.ShuffleInplace<int>(shuffled);
            double[] portions = Dirichlet.Sample(random, concentration);
            for (int c = 0; c < clients; c++)
                if (shares[c].Count > (double)total / clients)
                    portions[c] = 0;
            double sum = portions.Sum(),
                cumulative = 0;
            int from = 0;
            for (int c = 0; c < clients; c++)
            {
                cumulative += portions[c];
                int to = c == clients - 1 ? shuffled.Length : (int)(cumulative / sum * shuffled.Length);
                if (portions[c] > 0 || c == clients - 1 && to > from)
                    shares[c].AddRange(shuffled.AsSpan(from, to - from));
                from = to;
            }
        }
        return shares;
    }

    static DirichletPartition HoldOut(List<int>[] shares, Random random)
    {
        var server = new List<int>();
        var own = new int[shares.Length][];
        for (int c = 0; c < shares.Length; c++)
        {
            int[] share = [.. shares[c]];
            random.ShuffleInplace<int>(share);
            int held = share.Length / 10;
            server.AddRange(share.AsSpan(0, held));
            own[c] = share[held..];
        }
        return new DirichletPartition(own, [.. server]);
    }
}
