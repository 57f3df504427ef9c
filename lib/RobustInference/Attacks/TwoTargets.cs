using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>Two classes at once, of the best few that all could agree on: some corrupted clients send the one and the
/// rest the other, or all send a mixture of both.</summary>
/// <param name="targets">How many classes are paired.</param>
public sealed class TwoTargets(int targets = 5) : IAttack
{
    readonly int targets = Argument.AtLeast(targets, 1);

    public string Name => "Two targets";

    public AttackAccess Access => AttackAccess.WhiteBox;

    public string Sends => "one-hot of one of two classes, or a mixture of both, whichever serves best";

    static readonly float[] Shares = [0.25f, 0.5f, 0.75f];

    public Tensor Corrupt(AttackQuery query) =>
        QueryChunk.Corrupt(query, SortGradient.Mean, chunk => Best(chunk, targets));

    /// <summary>The best rows of a chunk, those that agree on one class among them.</summary>
    /// <returns>[B, m, K].</returns>
    public static Tensor Best(QueryChunk chunk, int targets)
    {
        int count = Math.Min(targets, chunk.Classes - 1),
            m = chunk.Corrupted;
        using var ranked = AllTargets.Ranked(chunk, count);
        Tensor[] rows =
        [
            .. Enumerable.Range(0, count).Select(rank => OneHot.Agreed(ranked.select(1, rank), m, chunk.Classes)),
        ];
        var least = new BestCandidate(chunk, rows[0]);
        for (int first = 0; first < count; first++)
        for (int second = first + 1; second < count; second++)
        {
            using var scope = NewDisposeScope();
            for (int split = 1; split < m; split++)
                least.Try(cat([rows[first].narrow(1, 0, split), rows[second].narrow(1, split, m - split)], 1));
            foreach (float share in Shares)
                least.Try(share * rows[first] + (1 - share) * rows[second]);
        }
        return least.Rows;
    }
}
