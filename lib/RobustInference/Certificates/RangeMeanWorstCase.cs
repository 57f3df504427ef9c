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

    public string Name => "exact";

    public bool IsExact => true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Too few clients for the rule, or the threat model has another number of
    /// them.</exception>
    public Tensor Margins(ProbitSet answers, Adversary adversary, ThreatModel threat)
    {
        threat.CheckFits(answers);
        var (from, to) = rule.Kept(answers.Clients);
        var sums = RangeSums.Of(from, to, answers.Clients, threat.Count);
        int[] rows =
        [
            .. Enumerable
                .Range(0, answers.Clients)
                .Where(client => adversary == Adversary.Any || !threat.Corrupted.Contains(client)),
        ];
        using var probits = answers.Probits.contiguous();
        var values = probits.Floats();
        long[] labels = answers.Labels.Integers();
        int size = answers.Clients * answers.Classes;
        var columns = new SortedColumns(rows, answers.Classes);
        var choice = adversary == Adversary.Any ? new RowChoice(answers.Clients, sums) : null;
        var margins = new double[labels.Length];
        for (int s = 0; s < margins.Length; s++)
        {
            columns.Sort(values.Slice(s * size, size));
            double margin = choice?.Least(columns, (int)labels[s]) ?? Given(columns, sums, (int)labels[s]);
            bool isTie =
                Math.Abs(margin)
                <= Rounding * (columns.FromBelow((int)labels[s], sums.DroppedLow, sums.Low) + sums.Ones);
            margins[s] = isTie ? 0 : margin / sums.Kept;
        }
        return tensor(margins);
    }

    static double Given(SortedColumns honest, RangeSums sums, int label)
    {
        double greatest = double.NegativeInfinity;
        for (int k = 0; k < honest.Classes; k++)
            if (k != label)
                greatest = Math.Max(greatest, honest.FromAbove(k, sums.DroppedHigh, sums.High));
        return honest.FromBelow(label, sums.DroppedLow, sums.Low) - greatest - sums.Ones;
    }
}
