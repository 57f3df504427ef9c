using RobustInference.Aggregators;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>For a rule with votes (<see cref="IClientVotes"/>): the row that each client can send to favour one class
/// over another most, as far as a search finds it. Liars need not know of each other.</summary>
/// <remarks>For every client and pair of classes the best of one-hot rows, mixtures of two classes and drawn rows, and
/// from there sign-gradient ascent with a shrinking step.</remarks>
public sealed class VoteRows : IDisposable
{
    /// <summary>With more classes the search, which keeps a row for every client and pair of them, would take
    /// gigabytes.</summary>
    public const int MostClasses = 128;

    const int Drawn = 300,
        Steps = 60;
    const float FirstStep = 2;

    readonly Tensor rows;

    VoteRows(Tensor rows, Tensor gains) => (this.rows, Gains) = (rows, gains);

    /// <summary>[n, K, K] float32: what client i's best row gives to class t over class y, at [i, y, t]; 0 for
    /// t = y.</summary>
    public Tensor Gains { get; }

    /// <summary>Searches.</summary>
    /// <param name="rule">Known to the attacker.</param>
    /// <param name="seed">Of the drawn rows.</param>
    public static VoteRows Search(IClientVotes rule, long seed)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        int n = rule.Clients,
            k = rule.Classes;
        using var bias = rule.Bias();
        var device = bias.device;
        var candidates = Candidates(k, seed).to(device);
        var best = empty([n, k, k, k], device: device);
        var gains = empty([n, k, k], device: device);
        for (int client = 0; client < n; client++)
        {
            using var inner = NewDisposeScope();
            var who = tensor([(long)client], device: device);
            var votes = rule.Votes(candidates.unsqueeze(1), who).squeeze(1).to(ScalarType.Float32);
            var (gain, place) = (votes.unsqueeze(1) - votes.unsqueeze(2)).max(0); // [y, t]
            var start = candidates.Take(0, place.flatten());
            var (row, reached) = Ascend(rule, who, start, k);
            var improved = reached.view(k, k) > gain;
            gains.select(0, client).copy_(EveryDevice.Where(improved, reached.view(k, k), gain));
            best.select(0, client)
                .copy_(EveryDevice.Where(improved.unsqueeze(2), row.view(k, k, k), start.view(k, k, k)));
        }
        return new VoteRows(best.DetachFromDisposeScope(), gains.DetachFromDisposeScope());
    }

    /// <summary>The rows that clients send to favour targets over labels.</summary>
    /// <param name="clients">m clients.</param>
    /// <param name="labels">[B].</param>
    /// <param name="targets">[B].</param>
    /// <returns>[B, m, K].</returns>
    public Tensor Of(IReadOnlyList<int> clients, Tensor labels, Tensor targets)
    {
        using var scope = NewDisposeScope();
        long k = rows.shape[1];
        var pairs = labels * k + targets;
        return stack([.. clients.Select(i => rows.select(0, i).view(k * k, k).Take(0, pairs))], 1)
            .MoveToOuterDisposeScope();
    }

    static Tensor Candidates(int classes, long seed)
    {
        using var scope = NewDisposeScope();
        using var generator = RandomStream.Torch(seed, "vote-rows");
        var corners = eye(classes);
        var mixtures = (corners.unsqueeze(0) + corners.unsqueeze(1)).view(-1, classes) / 2;
        var sharpness = 6 * rand([Drawn, 1], generator: generator);
        var drawn = nn.functional.softmax(sharpness * randn([Drawn, classes], generator: generator), -1);
        return cat([corners, mixtures, drawn]).MoveToOuterDisposeScope();
    }

    /// <summary>Sign-gradient ascent on the logits of all K² rows at once.</summary>
    static (Tensor Rows, Tensor Gains) Ascend(IClientVotes rule, Tensor who, Tensor start, int classes)
    {
        using var scope = NewDisposeScope();
        var all = arange(classes, ScalarType.Int64, device: start.device);
        Tensor y = all.repeat_interleave(classes).unsqueeze(1),
            t = all.repeat(classes).unsqueeze(1);
        var logits = start.clamp_min(1e-4).log();
        Tensor best = start.clone(),
            reached = full(start.shape[0], float.NegativeInfinity, device: start.device);
        for (int step = 0; step < Steps; step++)
        {
            using var inner = NewDisposeScope();
            using var tracked = enable_grad();
            var at = logits.detach().requires_grad_();
            var sent = at.softmax(-1);
            var votes = rule.Votes(sent.unsqueeze(1), who).squeeze(1).to(ScalarType.Float32);
            var gain = (votes.gather(1, t) - votes.gather(1, y)).squeeze(1);
            var gradient = autograd.grad([gain.sum()], [at])[0];
            using var untracked = no_grad();
            var better = gain > reached;
            reached.copy_(EveryDevice.Where(better, gain, reached));
            best.copy_(EveryDevice.Where(better.unsqueeze(1), sent, best));
            logits.add_(gradient.sign() * (FirstStep * (1 - (float)step / Steps)));
        }
        return (best.MoveToOuterDisposeScope(), reached.MoveToOuterDisposeScope());
    }

    public void Dispose()
    {
        rows.Dispose();
        Gains.Dispose();
    }
}
