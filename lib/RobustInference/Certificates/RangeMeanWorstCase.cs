using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Serving;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Certificates;

/// <summary>The exact worst case of a mean of order statistics: Mean, CWMed, CWTM with any trim.</summary>
/// <remarks>
/// <para>Let y be the label, k another class, a and b the numbers of values that a column drops at its low and its high
/// end, and C the f corrupted rows. The score of a class grows, or stays, with every value of its own column and
/// depends on no other column. So s_y − s_k is least when every row of C has 0 for y and 1 for k, and a one-hot row of
/// k has both at once: the adversary needs no other. Then y's sorted column is f zeros below n−f honest values, k's is
/// f ones above them, and (n−a−b)·(s_y − s_k) = (sum of the T lowest honest y) − (sum of the L lowest) − (sum of the U
/// highest honest k) + (sum of the H highest) − max(0, f−b) with T = n−b−f, L = max(0, a−f), U = n−a−f, H = max(0,
/// b−f).</para>
/// <para><i>Fixed</i>: C is given, and this is the answer: K−1 sums of order statistics.</para>
/// <para><i>Any</i>: it is to be minimised over C. For every C the four sums are bounded by those over all n rows:
/// taking rows away can only raise the window of y, which holds places L…T−1 from below, and lower the window of k.
/// This bound is attained if some C leaves out the T lowest rows of y and the U highest of k: if these are at most n−f
/// rows together, which is checked (and always so for n ≤ 3f with t = f, and for an odd median with f ≥ 1). Elsewhere
/// <see cref="RowChoice"/> minimises exactly. For the plain mean T and U are all honest rows, so that C takes the f
/// rows with the largest z_y − z_k, and n(s_y − s_k) is the sum of the n−f smallest less f.</para>
/// <para>In double precision; what is left of a tie by its rounding counts as the tie. The rule itself runs in single
/// precision, so a margin below about 1e-7 may fall on either side there.</para>
/// </remarks>
/// <param name="rule">The rule.</param>
public sealed class RangeMeanWorstCase(IRangeMean rule) : ICertificate
{
    readonly IRangeMean rule = Argument.Given(rule);

    const double Rounding = 1e-14;

    // Margins that are further from 0 than this are so for every order of their sums.
    const double Clear = 1e-9;
    const int AtOnce = 8192;

    public string Name => "exact";

    public bool IsExact => true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Too few clients for the rule, or the threat model has another number of
    /// them.</exception>
    public Tensor Margins(ProbitSet answers, Adversary adversary, ThreatModel threat) =>
        tensor(adversary == Adversary.Fixed ? OfSet(answers, threat) : OfAny(answers, threat));

    /// <inheritdoc/>
    /// <remarks>For any f clients the bound of the first remark certifies most samples, and a wrong answer to the
    /// uncorrupted rows, or one choice of rows, rules most others out; the rest is minimised exactly.</remarks>
    /// <exception cref="ArgumentException">As <see cref="Margins"/>.</exception>
    public bool[] ArePositive(ProbitSet answers, Adversary adversary, ThreatModel threat)
    {
        if (adversary == Adversary.Fixed)
            return [.. OfSet(answers, threat).Select(margin => margin > 0)];
        var sums = SumsFor(answers, threat);
        var (from, to) = rule.Kept(answers.Clients);
        int n = answers.Clients,
            classes = answers.Classes;
        long[] labels = answers.Labels.Integers();
        var positive = new bool[labels.Length];
        var columns = new SortedColumns([.. Enumerable.Range(0, n)], classes);
        var choice = new RowChoice(n, sums);
        var hurtful = new HurtfulRows(n, sums);
        foreach (var (first, count, rows) in Parts(answers.Probits))
        {
            double[][] windows = OrderStatistics.Sums(
                rows,
                (sums.DroppedLow, sums.Low),
                (n - sums.High, n - sums.DroppedHigh),
                (from, to)
            );
            var values = rows.Floats();
            for (int s = 0; s < count; s++)
            {
                int label = (int)labels[first + s],
                    own = s * classes + label;
                var (above, rival) = GreatestOther(windows[1].AsSpan(s * classes, classes), label);
                double bound = windows[0][own] - above - sums.Ones;
                if (bound > Clear)
                    positive[first + s] = true;
                else if (
                    windows[2][own] - GreatestOther(windows[2].AsSpan(s * classes, classes), label).Value
                    >= -Clear
                )
                {
                    var sample = values.Slice(s * n * classes, n * classes);
                    if (hurtful.Margin(sample, classes, label, rival) < -Clear)
                        continue;
                    columns.Sort(sample);
                    positive[first + s] = Settled(choice.Least(columns, label), windows[0][own], sums) > 0;
                }
            }
        }
        return positive;
    }

    double[] OfSet(ProbitSet answers, ThreatModel threat)
    {
        var sums = SumsFor(answers, threat);
        long[] labels = answers.Labels.Integers();
        int classes = answers.Classes,
            honest = answers.Clients - threat.Count;
        var margins = new double[labels.Length];
        foreach (var (first, count, rows) in Parts(answers.Probits))
        {
            using var known = threat.Count == 0 ? rows.alias() : Rows.Without(rows, threat.Corrupted);
            double[][] windows = OrderStatistics.Sums(
                known,
                (sums.DroppedLow, sums.Low),
                (honest - sums.High, honest - sums.DroppedHigh)
            );
            for (int s = 0; s < count; s++)
            {
                int label = (int)labels[first + s];
                double own = windows[0][s * classes + label],
                    above = GreatestOther(windows[1].AsSpan(s * classes, classes), label).Value;
                margins[first + s] = Settled(own - above - sums.Ones, own, sums);
            }
        }
        return margins;
    }

    double[] OfAny(ProbitSet answers, ThreatModel threat)
    {
        var sums = SumsFor(answers, threat);
        using var probits = answers.Probits.contiguous();
        var values = probits.Floats();
        long[] labels = answers.Labels.Integers();
        int size = answers.Clients * answers.Classes;
        var columns = new SortedColumns([.. Enumerable.Range(0, answers.Clients)], answers.Classes);
        var choice = new RowChoice(answers.Clients, sums);
        var margins = new double[labels.Length];
        for (int s = 0; s < margins.Length; s++)
        {
            columns.Sort(values.Slice(s * size, size));
            double own = columns.FromBelow((int)labels[s], sums.DroppedLow, sums.Low);
            margins[s] = Settled(choice.Least(columns, (int)labels[s]), own, sums);
        }
        return margins;
    }

    RangeSums SumsFor(ProbitSet answers, ThreatModel threat)
    {
        threat.CheckFits(answers);
        var (from, to) = rule.Kept(answers.Clients);
        return RangeSums.Of(from, to, answers.Clients, threat.Count);
    }

    static double Settled(double margin, double own, RangeSums sums) =>
        Math.Abs(margin) <= Rounding * (own + sums.Ones) ? 0 : margin / sums.Kept;

    static (double Value, int Class) GreatestOther(ReadOnlySpan<double> sums, int label)
    {
        var (greatest, at) = (double.NegativeInfinity, -1);
        for (int k = 0; k < sums.Length; k++)
            if (k != label && sums[k] > greatest)
                (greatest, at) = (sums[k], k);
        return (greatest, at);
    }

    /// <summary>A part of the samples at a time, so that what is worked out of them stays small.</summary>
    static IEnumerable<(int First, int Count, Tensor Rows)> Parts(Tensor probits)
    {
        long samples = probits.shape[0];
        for (long first = 0; first < samples; first += AtOnce)
        {
            long count = Math.Min(AtOnce, samples - first);
            using var part = probits.narrow(0, first, count);
            using var rows = part.contiguous();
            yield return ((int)first, (int)count, rows);
        }
    }

    /// <summary>One choice of the corrupted rows: those with the most for the label over the rival. Its margin is at
    /// least the least one.</summary>
    sealed class HurtfulRows(int clients, RangeSums sums)
    {
        readonly double[] differences = new double[clients];
        readonly int[] rows = new int[clients];
        readonly double[] own = new double[clients - sums.Corrupted],
            other = new double[clients - sums.Corrupted];

        /// <summary>(n−a−b)·(s_y − s_k) where these rows are one-hot of the rival k.</summary>
        public double Margin(ReadOnlySpan<float> sample, int classes, int label, int rival)
        {
            for (int i = 0; i < clients; i++)
                (differences[i], rows[i]) = (sample[i * classes + rival] - sample[i * classes + label], i);
            Array.Sort(differences, rows);
            for (int i = 0; i < own.Length; i++)
            {
                int at = rows[sums.Corrupted + i] * classes;
                (own[i], other[i]) = (sample[at + label], sample[at + rival]);
            }
            Array.Sort(own);
            Array.Sort(other);
            double margin = -sums.Ones;
            for (int i = sums.DroppedLow; i < sums.Low; i++)
                margin += own[i];
            for (int i = other.Length - sums.High; i < other.Length - sums.DroppedHigh; i++)
                margin -= other[i];
            return margin;
        }
    }
}
