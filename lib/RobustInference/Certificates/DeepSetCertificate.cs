using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Certificates;

/// <summary>What holds for DeepSet-TM whatever the corrupted clients send: trimming confines
/// every latent coordinate, and the box of those goes through μ.</summary>
/// <remarks>
/// <para>The box is <see cref="SortedLatents"/>'s, the way through μ <see cref="MarginBounds"/>'. The trim t is a part
/// of the trained rule: for more than t corrupted clients nothing is certified.</para>
/// <para>Sound for the rule as it is evaluated in float32, in batches of any shape: <see cref="Rounding"/> bounds how
/// far its encodings, sums and scores can be from exact arithmetic, and the certificate, computed in float64, allows
/// for that. The corrupted rows need no such room, since their latents may be anything.</para>
/// </remarks>
/// <param name="network">The weights.</param>
/// <param name="trim">t.</param>
public sealed class DeepSetCertificate(DeepSetNetwork network, int trim) : ICertificate
{
    readonly DeepSetNetwork network = Argument.Given(network);
    readonly int trim = Argument.AtLeast(trim, 0);

    // Encodings of a chunk, in float64, stay within some MB.
    const int Chunk = 256;

    public string Name => "latent box";

    public bool IsExact => false;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The threat model or the network is for other answers, or n ≤ 2t.</exception>
    public Tensor Margins(ProbitSet answers, Adversary adversary, ThreatModel threat)
    {
        if (threat.Clients != answers.Clients)
            throw new ArgumentException(
                $"the threat model has {threat.Clients} clients, the answers have {answers.Clients}"
            );
        Check(answers.Probits);
        if (threat.Count > trim)
            return full([answers.Samples], double.NegativeInfinity, dtype: ScalarType.Float64);
        using var scope = NewDisposeScope();
        using var bounds = new MarginBounds(network);
        var error = Rounding.OfEncodings(network);
        var parts = new List<Tensor>();
        foreach (var (rows, labels) in Chunks(answers.Probits, answers.Labels))
        {
            using var inner = NewDisposeScope();
            using var untracked = no_grad();
            var known = adversary == Adversary.Fixed ? Rows.Without(rows, threat.Corrupted) : rows;
            using var sorted = new SortedLatents(network.Encode(known), answers.Clients, trim);
            using var box = sorted.Box(adversary == Adversary.Fixed ? 0 : threat.Count, error);
            parts.Add(bounds.Least(box, labels).MoveToOuterDisposeScope());
        }
        return cat(parts).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>At most t; one sort of the encodings serves every r.</remarks>
    /// <exception cref="ArgumentException">The network is for other answers, or n ≤ 2t.</exception>
    public int[] Radii(ProbitSet received, int most)
    {
        var (answers, labels) = (received.Probits, received.Labels);
        Check(answers);
        using var scope = NewDisposeScope();
        using var bounds = new MarginBounds(network);
        var error = Rounding.OfEncodings(network);
        var radii = new List<int>();
        foreach (var (rows, wanted) in Chunks(answers, labels))
        {
            using var inner = NewDisposeScope();
            using var untracked = no_grad();
            using var sorted = new SortedLatents(network.Encode(rows), (int)answers.shape[1], trim);
            var own = Enumerable.Repeat(-1, (int)rows.shape[0]).ToArray();
            // A box for more changed rows holds that for fewer: who fails once is not asked again.
            long[] standing = [.. Enumerable.Range(0, own.Length).Select(s => (long)s)];
            for (int changed = 0; changed <= Math.Min(trim, most) && standing.Length > 0; changed++)
            {
                using var step = NewDisposeScope();
                var index = tensor(standing);
                using var whole = sorted.Box(changed, error);
                using var box = whole.Select(index);
                double[] least = bounds.Least(box, wanted.index_select(0, index)).data<double>().ToArray();
                standing = [.. standing.Where((_, i) => least[i] > 0)];
                foreach (long s in standing)
                    own[s] = changed;
            }
            radii.AddRange(own);
        }
        return [.. radii];
    }

    void Check(Tensor answers)
    {
        if (answers.dim() != 3 || answers.shape[2] != network.Classes)
            throw new ArgumentException(
                $"wanted answers [S, n, {network.Classes}], got [{string.Join(", ", answers.shape)}]"
            );
        if (answers.shape[1] <= 2 * trim)
            throw new ArgumentException($"{answers.shape[1]} clients are too few for a trim of {trim}");
    }

    static IEnumerable<(Tensor Rows, Tensor Labels)> Chunks(Tensor answers, Tensor labels)
    {
        for (long from = 0; from < labels.shape[0]; from += Chunk)
        {
            long count = Math.Min(Chunk, labels.shape[0] - from);
            using Tensor rows = answers.narrow(0, from, count),
                wanted = labels.narrow(0, from, count);
            yield return (rows, wanted);
        }
    }
}
