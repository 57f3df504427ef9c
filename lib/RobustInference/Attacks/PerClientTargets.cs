using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>Every corrupted client sends a class of its own: from the best class that all agree on, each client in turn
/// changes to the class under which the label leads least, given what the others send.</summary>
/// <param name="rounds">How often every client's turn comes.</param>
public sealed class PerClientTargets(int rounds = 1) : IAttack
{
    readonly int rounds = Argument.AtLeast(rounds, 1);

    public string Name => "Own targets";

    public AttackAccess Access => AttackAccess.WhiteBox;

    public string Sends => "one-hot of the class that serves best beside what the other corrupted clients send";

    public Tensor Corrupt(AttackQuery query) =>
        QueryChunk.Corrupt(
            query,
            SortGradient.Mean,
            chunk =>
            {
                using var target = AllTargets.Ranked(chunk, 1);
                var least = new BestCandidate(
                    chunk,
                    OneHot.Agreed(target.select(1, 0), chunk.Corrupted, chunk.Classes)
                );
                for (int round = 0; round < rounds; round++)
                for (int client = 0; client < chunk.Corrupted; client++)
                {
                    using var others = least.Rows.clone();
                    for (int k = 0; k < chunk.Classes; k++)
                    {
                        using var scope = NewDisposeScope();
                        var tried = others.clone();
                        tried.select(1, client).zero_().select(1, k).fill_(1);
                        least.Try(tried);
                    }
                }
                return least.Rows;
            }
        );
}
