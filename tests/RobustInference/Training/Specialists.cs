using RobustInference.Probits;

namespace Tests.RobustInference.Training;

/// <summary>Nine clients that know about half of the classes each, the same half in every draw, and guess at the
/// others: what a skewed partition makes.</summary>
static class Specialists
{
    public static ProbitSet Draw(int samples, int seed, int classes = 6)
    {
        const int Clients = 9;
        Random random = new(seed),
            knowledge = new(77);
        var knows = Enumerable.Range(0, Clients * classes).Select(_ => knowledge.Next(2) == 0).ToArray();
        var logits = new float[samples * Clients * classes];
        var labels = new long[samples];
        for (int s = 0; s < samples; s++)
        {
            labels[s] = random.Next(classes);
            for (int i = 0; i < Clients; i++)
            {
                int says = knows[i * classes + (int)labels[s]] ? (int)labels[s] : random.Next(classes);
                for (int k = 0; k < classes; k++)
                    logits[(s * Clients + i) * classes + k] =
                        2 * random.NextSingle()
                        + (
                            knows[i * classes + k]
                                ? k == says
                                    ? 3
                                    : 0
                                : -2
                        );
            }
        }
        return ProbitSet.FromLogits("specialists", logits, [samples, Clients, classes], labels);
    }
}
