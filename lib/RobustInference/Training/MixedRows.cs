using RobustInference.Numerics;
using RobustInference.Probits;

namespace RobustInference.Training;

/// <summary>Which rows make up a training sample: its clients in a random order, so that the last f of them are a fresh
/// corrupted set; and in a share of the samples some clients answer another sample of the same class.</summary>
/// <remarks>Mixing keeps what each client knows of a class and breaks what clients have in common about one sample: a
/// rule cannot learn the few thousand samples by heart.</remarks>
/// <param name="training">Whose rows they are.</param>
/// <param name="share">Of the samples that are mixed, 0…1.</param>
public sealed class MixedRows(ProbitSet training, double share)
{
    readonly AlikeSamples alike = new(training);

    /// <summary>Places in [S·n, K], n of them for each of <paramref name="samples"/>.</summary>
    public long[] Draw(long[] samples, Random random) => Draw(samples, random, training.Clients);

    /// <summary>The same with <paramref name="kept"/> clients a sample, drawn anew for each; the others are left
    /// out.</summary>
    public long[] Draw(long[] samples, Random random, int kept)
    {
        int clients = training.Clients;
        var places = new long[samples.Length * kept];
        var own = new long[clients];
        for (int s = 0; s < samples.Length; s++)
        {
            for (int i = 0; i < clients; i++)
                own[i] = i;
            random.ShuffleInplace<long>(own);
            // Clients stand in random order already: the first so many of them are as good as any.
            (long other, int taken) =
                random.NextDouble() < share
                    ? (alike.Draw(samples[s], random), random.Next(1, Math.Max(2, clients)))
                    : (samples[s], 0);
            for (int i = 0; i < clients; i++)
                own[i] += clients * (i < taken ? other : samples[s]);
            random.ShuffleInplace<long>(own);
            own.AsSpan(0, kept).CopyTo(places.AsSpan(s * kept));
        }
        return places;
    }
}
