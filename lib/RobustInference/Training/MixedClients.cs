using RobustInference.Probits;

namespace RobustInference.Training;

/// <summary>Which rows make up a training sample of a rule that knows its clients: every client keeps its place, and in
/// a share of the samples some clients answer another sample of the same class.</summary>
/// <remarks><see cref="MixedRows"/> for rules that do not know who answers.</remarks>
/// <param name="training">Whose rows they are.</param>
/// <param name="share">Of the samples that are mixed, 0…1.</param>
public sealed class MixedClients(ProbitSet training, double share)
{
    readonly AlikeSamples alike = new(training);

    /// <summary>Places in [S·n, K], n of them for each of <paramref name="samples"/>: the i-th is a row of client
    /// i.</summary>
    public long[] Draw(long[] samples, Random random)
    {
        int clients = training.Clients;
        var places = new long[samples.Length * clients];
        for (int s = 0; s < samples.Length; s++)
        {
            bool mixed = random.NextDouble() < share;
            long other = mixed ? alike.Draw(samples[s], random) : samples[s];
            double taken = mixed ? random.NextDouble() : 0;
            for (int i = 0; i < clients; i++)
                places[s * clients + i] = (mixed && random.NextDouble() < taken ? other : samples[s]) * clients + i;
        }
        return places;
    }
}
