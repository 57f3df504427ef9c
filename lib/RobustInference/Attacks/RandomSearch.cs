using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>Random search that only sees scores, in the manner of Square Attack (Andriushchenko et al., 2020): drawn
/// rows at first, one-hot or spread out, then changes of one client's row; what helps is kept.</summary>
/// <remarks>It uses no gradient. Where it beats those that do, their gradients are masked.</remarks>
/// <param name="queries">How often the rule is asked.</param>
public sealed class RandomSearch(int queries = 200) : IAttack
{
    readonly int queries = Argument.AtLeast(queries, 1);

    // The first share of the queries draws all rows anew.
    const double Fresh = 0.2;

    public string Name => "Random search";

    public AttackAccess Access => AttackAccess.Scores;

    public string Sends => $"the best of {queries} random tries";

    public Tensor Corrupt(AttackQuery query)
    {
        using var generator = RandomStream.Torch(query.Seed, "random-search");
        return QueryChunk.Corrupt(
            query,
            SortGradient.Mean,
            chunk =>
            {
                long[] shape = [chunk.Samples, chunk.Corrupted, chunk.Classes];
                var least = new BestCandidate(chunk, Drawn(shape, 0, generator).to(chunk.Device));
                for (int i = 1; i < queries; i++)
                {
                    using var scope = NewDisposeScope();
                    var drawn = Drawn(shape, i, generator).to(chunk.Device);
                    if (i < Fresh * queries)
                    {
                        least.Try(drawn);
                        continue;
                    }
                    // One client of each sample takes over a share of the drawn row, all of it in every other try.
                    var who = nn
                        .functional.one_hot(
                            randint(0, chunk.Corrupted, [chunk.Samples], generator: generator),
                            chunk.Corrupted
                        )
                        .unsqueeze(2);
                    var share = (
                        who
                        * (i % 2 == 0 ? ones(chunk.Samples, 1, 1) : rand([chunk.Samples, 1, 1], generator: generator))
                    ).to(chunk.Device);
                    least.Try((least.Rows + share * (drawn - least.Rows)).clamp_(0, 1));
                }
                return least.Rows;
            }
        );
    }

    /// <summary>Rows on the simplex: by turns one class for all, one for each client, and rows from nearly uniform to
    /// nearly one-hot.</summary>
    static Tensor Drawn(long[] shape, int turn, Generator generator)
    {
        using var scope = NewDisposeScope();
        var rows = (turn % 3) switch
        {
            0 => OneHot.Agreed(randint(0, shape[2], [shape[0]], generator: generator), (int)shape[1], (int)shape[2]),
            1 => OneHot.Rows(randint(0, shape[2], [shape[0], shape[1]], generator: generator), (int)shape[2]),
            _ => nn.functional.softmax((1 + turn % 8) * randn(shape, generator: generator), -1),
        };
        return rows.MoveToOuterDisposeScope();
    }
}
