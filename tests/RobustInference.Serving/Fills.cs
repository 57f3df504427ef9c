using RobustInference.Aggregators;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Serving;

/// <summary>All that corrupted and absent clients could have sent, as far as a test can try it: corners of the simplex
/// and its centre.</summary>
static class Fills
{
    /// <summary>The answers of a rule on complete inputs that differ from <paramref name="rows"/> in the absent rows
    /// and in at most <paramref name="changed"/> others, ascending; −1 for a tie.</summary>
    public static int[] Elected(Aggregator rule, float[] rows, int clients, int classes, int[] absent, int changed)
    {
        using var scope = NewDisposeScope();
        int[] present = [.. Enumerable.Range(0, clients).Except(absent)];
        int[][] subsets = [.. Subsets(present, changed)];
        int kinds = classes + 1,
            ways = (int)Math.Pow(kinds, absent.Length + changed),
            size = clients * classes,
            count = subsets.Length * ways;
        var inputs = new float[count * size];
        for (int at = 0; at < count; at++)
        {
            int[] free = [.. absent, .. subsets[at / ways]];
            var input = inputs.AsSpan(at * size, size);
            rows.CopyTo(input);
            for (int i = 0, rest = at % ways; i < free.Length; i++, rest /= kinds)
            for (int k = 0; k < classes; k++)
                input[free[i] * classes + k] =
                    rest % kinds == classes ? 1f / classes
                    : rest % kinds == k ? 1
                    : 0;
        }
        float[] scores = rule.Scores(tensor(inputs, [count, clients, classes]))
            .to(ScalarType.Float32)
            .contiguous()
            .data<float>()
            .ToArray();
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(s =>
                {
                    var own = scores.AsSpan(s * classes, classes);
                    int best = own.IndexOf(System.Numerics.Tensors.TensorPrimitives.Max<float>(own));
                    float least = own[best] - 1e-6f * Math.Abs(own[best]);
                    int close = 0;
                    foreach (float score in own)
                        close += score >= least ? 1 : 0;
                    return close == 1 ? best : -1;
                })
                .Distinct()
                .Order(),
        ];
    }

    static IEnumerable<int[]> Subsets(int[] of, int size) =>
        Enumerable
            .Range(0, 1 << of.Length)
            .Where(mask => System.Numerics.BitOperations.PopCount((uint)mask) == size)
            .Select(mask => of.Where((_, i) => (mask >> i & 1) == 1).ToArray());
}
