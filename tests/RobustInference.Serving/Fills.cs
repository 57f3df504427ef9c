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
        var inputs = new List<float[]>();
        foreach (int[] chosen in Subsets(present, changed))
        {
            int[] free = [.. absent, .. chosen];
            int kinds = classes + 1,
                ways = (int)Math.Pow(kinds, free.Length);
            for (int way = 0; way < ways; way++)
            {
                float[] input = [.. rows];
                for (int i = 0, rest = way; i < free.Length; i++, rest /= kinds)
                for (int k = 0; k < classes; k++)
                    input[free[i] * classes + k] =
                        rest % kinds == classes ? 1f / classes
                        : rest % kinds == k ? 1
                        : 0;
                inputs.Add(input);
            }
        }
        float[] scores = rule.Scores(tensor(inputs.SelectMany(x => x).ToArray(), [inputs.Count, clients, classes]))
            .to(ScalarType.Float32)
            .contiguous()
            .data<float>()
            .ToArray();
        return
        [
            .. Enumerable
                .Range(0, inputs.Count)
                .Select(s =>
                {
                    var own = scores.AsSpan(s * classes, classes);
                    int best = own.IndexOf(Enumerable.Max(own.ToArray()));
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
