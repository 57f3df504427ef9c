using RobustInference.Numerics;
using RobustInference.Probits;

namespace RobustInference.Assessment;

/// <summary>What one client is like, on the test samples.</summary>
/// <param name="Client">From 0.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Accuracy">How often its most probable class is the label.</param>
/// <param name="CalibrationError">Expected calibration error over 15 bins of confidence, 0…1.</param>
/// <param name="Agreement">How often it answers as most of the others do.</param>
public sealed record ClientFacts(int Client, string Name, Share Accuracy, double CalibrationError, double Agreement)
{
    const int Bins = 15;

    /// <summary>Of every client.</summary>
    public static IReadOnlyList<ClientFacts> Of(ProbitSet answers, EnsembleNames names)
    {
        using var probits = answers.Probits.contiguous();
        var values = probits.Floats();
        long[] labels = answers.Labels.Integers();
        var (n, k) = (answers.Clients, answers.Classes);
        var chosen = new int[answers.Samples, n];
        var confidence = new float[answers.Samples, n];
        for (int s = 0; s < answers.Samples; s++)
        for (int c = 0; c < n; c++)
        {
            var row = values.Slice((s * n + c) * k, k);
            int best = System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(row);
            (chosen[s, c], confidence[s, c]) = (best, row[best]);
        }
        var facts = new ClientFacts[n];
        var votes = new int[k];
        for (int c = 0; c < n; c++)
        {
            var right = new bool[answers.Samples];
            var bins = new (int Count, double Confidence, int Right)[Bins];
            int agrees = 0;
            for (int s = 0; s < right.Length; s++)
            {
                right[s] = chosen[s, c] == labels[s];
                int bin = Math.Min(Bins - 1, (int)(confidence[s, c] * Bins));
                bins[bin] = (
                    bins[bin].Count + 1,
                    bins[bin].Confidence + confidence[s, c],
                    bins[bin].Right + (right[s] ? 1 : 0)
                );
                Array.Clear(votes);
                for (int other = 0; other < n; other++)
                    if (other != c)
                        votes[chosen[s, other]]++;
                int most = Array.IndexOf(votes, votes.Max());
                agrees += most == chosen[s, c] ? 1 : 0;
            }
            facts[c] = new(
                c,
                names.Client(c),
                Share.Of(right),
                bins.Sum(bin => Math.Abs(bin.Confidence - bin.Right)) / right.Length,
                (double)agrees / right.Length
            );
        }
        return facts;
    }
}
