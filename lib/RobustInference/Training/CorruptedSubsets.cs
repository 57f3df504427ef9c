using MathNet.Numerics;
using RobustInference.Numerics;

namespace RobustInference.Training;

/// <summary>Which clients are corrupted in a training sample: the number kept, from n−f to n, is drawn with probability
/// 0.7·C(n,k)/ΣC + 0.3/(f+1), then the clients (authors' code).</summary>
public sealed class CorruptedSubsets
{
    readonly int clients;
    readonly double[] cumulative;

    /// <param name="clients">n.</param>
    /// <param name="most">f.</param>
    public CorruptedSubsets(int clients, int most)
    {
        this.clients = clients;
        double[] counts =
        [
            .. Enumerable.Range(0, most + 1).Select(m => SpecialFunctions.Binomial(clients, clients - m)),
        ];
        double total = counts.Sum(),
            sum = 0;
        cumulative = [.. counts.Select(c => sum += 0.7 * c / total + 0.3 / (most + 1))];
    }

    /// <summary>Positions of the corrupted clients of one sample, ascending; perhaps none.</summary>
    public int[] Draw(Random random)
    {
        double u = random.NextDouble();
        int corrupted = Array.FindIndex(cumulative, c => u < c);
        if (corrupted < 0)
            corrupted = cumulative.Length - 1;
        var all = Enumerable.Range(0, clients).ToArray();
        random.ShuffleInplace<int>(all);
        return [.. all.Take(corrupted).Order()];
    }
}
