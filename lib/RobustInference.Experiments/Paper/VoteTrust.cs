using RobustInference.Aggregators;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Reporting;
using static TorchSharp.torch;

namespace RobustInference.Paper;

/// <summary>Whom a rule that knows its clients trusts on what: a client's mean vote for the right class, class by
/// class; with calibrated clients its calibrated row is the vote.</summary>
/// <remarks>A vote lies in the simplex, so that 1/K says nothing and 1 is all that a client can say.</remarks>
/// <param name="Trust">[n, K], 0…1: over the samples of class k, the mean of client i's vote for k; NaN where a class
/// has no samples.</param>
/// <param name="Answered">[n, K], the same of the client's own answers: its mean probability for the right
/// class.</param>
public sealed record VoteTrust(double[,] Trust, double[,] Answered)
{
    const int Chunk = 500;

    /// <summary>Averages votes over answers with labels.</summary>
    /// <exception cref="ArgumentException">The rule is for other clients or classes.</exception>
    public static VoteTrust Of(IClientVotes rule, ProbitSet answers)
    {
        if ((rule.Clients, rule.Classes) != (answers.Clients, answers.Classes))
            throw new ArgumentException(
                $"the rule is for {rule.Clients} clients and {rule.Classes} classes, "
                    + $"the answers are of {answers.Clients} and {answers.Classes}"
            );
        using var untracked = no_grad();
        long[] labels = answers.Labels.Integers();
        var (trust, answered) = (
            new double[answers.Clients, answers.Classes],
            new double[answers.Clients, answers.Classes]
        );
        var count = new int[answers.Classes];
        for (int from = 0; from < labels.Length; from += Chunk)
        {
            using var scope = NewDisposeScope();
            int samples = Math.Min(Chunk, labels.Length - from);
            var rows = answers.Probits.narrow(0, from, samples);
            var own = answers.Labels.narrow(0, from, samples).view(-1, 1, 1).expand(-1, answers.Clients, 1);
            double[] votes = Doubles(rule.Votes(rows).gather(2, own)),
                said = Doubles(rows.gather(2, own));
            for (int s = 0; s < samples; s++)
            {
                count[labels[from + s]]++;
                for (int i = 0; i < answers.Clients; i++)
                {
                    trust[i, labels[from + s]] += votes[s * answers.Clients + i];
                    answered[i, labels[from + s]] += said[s * answers.Clients + i];
                }
            }
        }
        for (int i = 0; i < answers.Clients; i++)
        for (int k = 0; k < answers.Classes; k++)
            (trust[i, k], answered[i, k]) = (trust[i, k] / count[k], answered[i, k] / count[k]);
        return new(trust, answered);

        static double[] Doubles(Tensor values) => values.to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }

    /// <summary>Two matrices of clients and classes: what a client says itself, and what the rule makes of
    /// it.</summary>
    public Figure ToFigure(string title)
    {
        int clients = Trust.GetLength(0),
            classes = Trust.GetLength(1);
        Axis who = Axis.Of("client", [.. Enumerable.Range(0, clients).Select(i => $"{i}")]),
            what = Axis.Of("class", [.. Enumerable.Range(0, classes).Select(k => $"{k}")]);
        Panel Of(string name, double[,] values) =>
            new(
                what,
                who,
                new HeatmapSeries("mean for the right class", values)
                {
                    Min = 0,
                    Max = 1,
                    Format = ".00",
                }
            )
            {
                Title = name,
            };
        return new Figure(
            title,
            Of("probability that the client gives", Answered),
            Of("what the rule makes of it", Trust)
        )
        {
            Columns = 2,
            Height = 80 + 26 * clients,
        };
    }
}
