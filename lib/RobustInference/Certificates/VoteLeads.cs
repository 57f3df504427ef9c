using RobustInference.Aggregators;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Certificates;

/// <summary>The votes of a <see cref="VoteNetwork"/> in float64, and how far those that are computed in float32 can be
/// from them: what the certificate of a vote is made of.</summary>
/// <remarks>
/// <para>A running error analysis, row by row. A layer of m inputs that are off by e is off by
/// |W|e + γ_m(|W|(|x| + e) + |b|) (<see cref="Rounding.Gamma"/>), for every order of the sums; a ReLU does not enlarge
/// it. Logits off by e change every coordinate of a softmax by a factor within e^{±2e}. For the logarithm and the
/// exponential <see cref="Elementary"/> units of rounding are allowed, several times what vectorised ones need.</para>
/// <para>A liar's vote, computed in float32, is α_i times a softmax that exceeds the simplex by rounding only.</para>
/// </remarks>
public sealed class VoteLeads : IDisposable
{
    /// <summary>Units of rounding allowed for a logarithm or an exponential in float32.</summary>
    public const int Elementary = 64;

    // Activations beyond this could overflow single precision.
    const double Greatest = 1e30;
    const double Unit = 1.0 / (1 << 24);

    readonly Member[] members;
    readonly double gamma;

    public VoteLeads(VoteNetwork network)
    {
        members = [.. network.Members.Select(member => new Member(member))];
        (Clients, Classes) = (network.Clients, network.Classes);
        gamma = Rounding.Gamma(Clients + members.Length + 2);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        Bias = Mean(member => member.Bias).DetachFromDisposeScope();
        BiasSize = Mean(member => member.Bias.abs()).DetachFromDisposeScope();
        // A computed coordinate of a softmax is at most 1 + (K + a few) units of rounding, the mean of several as well.
        double excess =
            Rounding.Gamma(Classes + Elementary + members.Length) + Rounding.Gamma(Classes + members.Length + 2);
        Influence = (Mean(member => member.Influence) * (1 + 2 * excess)).DetachFromDisposeScope();
        IsFinite = members.All(member => member.Reach() < Greatest);
    }

    /// <summary>n.</summary>
    public int Clients { get; }

    /// <summary>K.</summary>
    public int Classes { get; }

    /// <summary>[K] float64, the bias of the classes.</summary>
    public Tensor Bias { get; }

    /// <summary>[n] float64: by how much a row of that client, computed in float32, can at most favour one class over
    /// another.</summary>
    public Tensor Influence { get; }

    /// <summary>Whether no row on the simplex overflows single precision; if not, nothing can be certified.</summary>
    public bool IsFinite { get; }

    Tensor BiasSize { get; }

    /// <summary>Votes and their errors.</summary>
    /// <param name="rows">[B, n, K] float32, rows on the simplex.</param>
    /// <returns>Both [B, n, K] float64; the errors cover two evaluations in float32 of any batch shape.</returns>
    public (Tensor Votes, Tensor Errors) Of(Tensor rows)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var p = rows.to(ScalarType.Float64);
        var features = VoteMember.Features(p);
        var parts = members.Select(member => member.Votes(features)).ToArray();
        return (
            parts
                .Aggregate(zeros_like(p), (sum, part) => sum + part.Votes)
                .div_(parts.Length)
                .MoveToOuterDisposeScope(),
            parts
                .Aggregate(zeros_like(p), (sum, part) => sum + part.Errors)
                .div_(parts.Length)
                .MoveToOuterDisposeScope()
        );
    }

    /// <summary>By how much each score computed in float32 can be off: the votes' errors, and the sum over clients and
    /// bias.</summary>
    /// <param name="votes">[B, n, K].</param>
    /// <param name="errors">[B, n, K].</param>
    /// <returns>[B, K].</returns>
    public Tensor ScoreErrors(Tensor votes, Tensor errors)
    {
        using var scope = NewDisposeScope();
        // All n clients are summed in the end, liars too, whose votes are at most their influence.
        return (errors.sum(1) + (votes.sum(1) + Influence.sum() + BiasSize) * (2 * gamma)).MoveToOuterDisposeScope();
    }

    Tensor Mean(Func<Member, Tensor> part) => stack([.. members.Select(part)]).mean([0L]);

    public void Dispose()
    {
        foreach (var member in members)
            member.Dispose();
        foreach (var tensor in new[] { Bias, BiasSize, Influence })
            tensor.Dispose();
    }

    /// <summary>A member's weights in float64.</summary>
    sealed class Member : IDisposable
    {
        readonly Tensor first,
            ofClients,
            clientSizes,
            firstBias,
            second,
            secondBias,
            last,
            lastBias;

        public Member(VoteMember member)
        {
            using var scope = NewDisposeScope();
            using var untracked = no_grad();
            (first, firstBias) = (Keep(member.RowIn.weight!), Keep(member.RowIn.bias!));
            (second, secondBias) = (Keep(member.Between.weight!), Keep(member.Between.bias!));
            (last, lastBias) = (Keep(member.VoteOut.weight!), Keep(member.VoteOut.bias!));
            Tensor embedding = Rounding.Doubles(member.OfClient),
                into = Rounding.Doubles(member.ClientIn);
            ofClients = embedding.mm(into.t()).DetachFromDisposeScope();
            clientSizes = embedding.abs().mm(into.abs().t()).DetachFromDisposeScope();
            EmbeddingGamma = Rounding.Gamma(member.Embedding + 1);
            (Influence, Bias) = (Keep(member.Influence), Keep(member.Bias));
        }

        public Tensor Influence { get; }

        public Tensor Bias { get; }

        double EmbeddingGamma { get; }

        public (Tensor Votes, Tensor Errors) Votes(Tensor features)
        {
            using var scope = NewDisposeScope();
            // p is exact; p + 0.001 is rounded, then its logarithm, which is below 7, then two more times.
            var error = cat(
                [
                    zeros_like(features.narrow(-1, 0, features.shape[^1] / 2)),
                    full_like(features.narrow(-1, 0, features.shape[^1] / 2), (2 * Elementary + 4) * Unit),
                ],
                -1
            );
            var (hidden, off) = Layer(features, error, first, firstBias);
            // The client's part, and its sum with the row's.
            off = off + clientSizes * EmbeddingGamma + (hidden.abs() + off + clientSizes) * Rounding.Gamma(2);
            hidden = (hidden + ofClients).relu_();
            (hidden, off) = Layer(hidden, off, second, secondBias);
            var (logits, apart) = Layer(hidden.relu_(), off, last, lastBias);
            var votes = logits.softmax(-1) * Influence.unsqueeze(1);
            // Subtracting the greatest logit rounds once more; exponential, sum, quotient and influence follow.
            var most = apart.amax([-1L], keepdim: true) + logits.abs().amax([-1L], keepdim: true) * (4 * Unit);
            var factor = (2 * most + Rounding.Gamma(logits.shape[^1] + 3 * Elementary)).expm1();
            // A vote below the least normal number may be flushed to zero.
            var errors = votes * factor + 1e-30;
            return (votes.MoveToOuterDisposeScope(), (errors * 2).MoveToOuterDisposeScope());
        }

        /// <summary>A bound of every activation over the simplex.</summary>
        public double Reach()
        {
            using var scope = NewDisposeScope();
            var x = (first.abs().sum(1) * 2 + firstBias.abs() + clientSizes.amax([0L])).amax();
            var y = second.abs().sum(1).amax() * x + secondBias.abs().amax();
            var z = last.abs().sum(1).amax() * y + lastBias.abs().amax();
            return maximum(maximum(x, y), maximum(z, Bias.abs().amax())).ToDouble();
        }

        static (Tensor Values, Tensor Errors) Layer(Tensor x, Tensor e, Tensor weights, Tensor bias)
        {
            using var scope = NewDisposeScope();
            var sizes = weights.abs();
            double gamma = Rounding.Gamma(weights.shape[1] + 1);
            var values = x.matmul(weights.t()) + bias;
            var errors = e.matmul(sizes.t()) * (1 + gamma) + (x.abs().matmul(sizes.t()) + bias.abs()) * gamma;
            return (values.MoveToOuterDisposeScope(), errors.MoveToOuterDisposeScope());
        }

        static Tensor Keep(Tensor weights) => Rounding.Doubles(weights).DetachFromDisposeScope();

        public void Dispose()
        {
            foreach (
                var tensor in new[]
                {
                    first,
                    firstBias,
                    ofClients,
                    clientSizes,
                    second,
                    secondBias,
                    last,
                    lastBias,
                    Influence,
                    Bias,
                }
            )
                tensor.Dispose();
        }
    }
}
