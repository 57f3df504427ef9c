using RobustInference.Aggregators;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Reporting;
using RobustInference.Serving;

namespace RobustInference.Paper;

/// <summary>Rules where one of the n clients sends nothing, each of them in turn.</summary>
public static class AbsentClientTable
{
    /// <summary>A row a rule: accuracy with all clients, and without one, on the mean and without the client that is
    /// missed most; what is certified against any f with all clients, and if the absent one is counted among the f.
    /// An answer must be right to count.</summary>
    /// <param name="title">Stands over the table.</param>
    /// <param name="answers">What the clients answer.</param>
    /// <param name="corrupted">f, at least 1.</param>
    /// <param name="rules">Rules that answer where clients are absent (<see cref="Aggregator.ToServed"/>).</param>
    /// <exception cref="ArgumentException">A rule needs every row.</exception>
    public static Table Of(string title, ProbitSet answers, int corrupted, params IReadOnlyList<Aggregator> rules)
    {
        Argument.AtLeast(corrupted, 1);
        float[] rows = answers.Probits.data<float>().ToArray();
        long[] labels = answers.Labels.data<long>().ToArray();
        int clients = answers.Clients,
            classes = answers.Classes;
        return new Table(
            title,
            [
                "Aggregator",
                Column.OfNumbers("all", "Clean"),
                Column.OfNumbers("one absent, mean", "Clean"),
                Column.OfNumbers("one absent, least", "Clean"),
                Column.OfNumbers("all", "Certified, any"),
                Column.OfNumbers("one absent, mean", "Certified, any"),
            ],
            [.. rules.Select(Row)],
            [$"Accuracy in %, {answers.Samples:N0} samples; f = {corrupted}, the absent client among them."]
        );

        IReadOnlyList<Cell> Row(Aggregator rule)
        {
            var served =
                rule.ToServed()
                ?? throw new ArgumentException($"{rule.Name}: does not answer where a client is absent");
            var all = Measure(served, null);
            var without = Enumerable.Range(0, clients).Select(i => Measure(served, i)).ToArray();
            return
            [
                rule.Name,
                Cell.OfPercent(all.Clean),
                Cell.OfPercent(without.Average(figures => figures.Clean)),
                Cell.OfPercent(without.Min(figures => figures.Clean)),
                Cell.OfPercent(all.Certified),
                Cell.OfPercent(without.Average(figures => figures.Certified)),
            ];
        }

        (double Clean, double Certified) Measure(ServedRule rule, int? absent)
        {
            var query = new float[clients * classes];
            int clean = 0,
                certified = 0;
            for (int s = 0; s < labels.Length; s++)
            {
                rows.AsSpan(s * query.Length, query.Length).CopyTo(query);
                if (absent is { } i)
                    query.AsSpan(i * classes, classes).Fill(float.NaN);
                var answer = rule.Answer(query, clients, classes);
                if (answer.Class != labels[s])
                    continue;
                clean++;
                certified += answer.Tolerates(corrupted) ? 1 : 0;
            }
            return ((double)clean / labels.Length, (double)certified / labels.Length);
        }
    }
}
