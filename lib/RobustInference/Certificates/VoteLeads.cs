using RobustInference.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Certificates;

/// <summary>The votes of a <see cref="VoteNetwork"/>, and how far two evaluations of its scores can be apart: what the
/// certificate of a vote is made of.</summary>
/// <remarks>
/// <para>Votes are worked out in float64, in batches of any shape, and scores are rounded to float32 at last. A running
/// error analysis bounds the first, row by row: a layer of m inputs that are off by e is off by
/// |W|e + γ_m(|W|(|x| + e) + |b|) for every order of the sums (Higham, 2002, section 3.1; γ_m = mu/(1−mu) with
/// u = 2⁻⁵³), a ReLU does not enlarge it, and logits off by e change every coordinate of a softmax by a factor within
/// e^{±2e}. For a logarithm or an exponential <see cref="Elementary"/> units are allowed, several times what is
/// needed.</para>
/// <para>A liar's vote is α_i times a softmax that exceeds the simplex by rounding only.</para>
/// </remarks>
public sealed class VoteLeads : IDisposable
{
    /// <summary>Units of rounding allowed for a logarithm or an exponential.</summary>
    public const int Elementary = 64;

    const double Unit = 1.0 / (1L << 53),
        SingleUnit = 1.0 / (1 << 24);

    // Where logits may be off by more than this, a vote is taken to be anything.
    const double MostOff = 0.5;

    readonly VoteNetwork network;
    readonly Member[] members;

    public VoteLeads(VoteNetwork network)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        this.network = network;
        members = [.. network.Members.Select(member => new Member(member))];
        Bias = network.Bias().detach().DetachFromDisposeScope();
        // A coordinate of a softmax exceeds 1 by some units only, and so does the mean of several.
        var influence = stack([.. network.Members.Select(m => m.Influence.detach().to(ScalarType.Float64))]).mean([0L]);
        Influence = (
            influence * (1 + Gamma(network.Classes + 2 * Elementary + members.Length))
        ).DetachFromDisposeScope();
    }

    /// <summary>[K] float64, the bias of the classes.</summary>
    public Tensor Bias { get; }

    /// <summary>[n] float64: by how much a row of that client can at most favour one class over another.</summary>
    public Tensor Influence { get; }

    /// <summary>Votes, and how far those of another evaluation can be from them.</summary>
    /// <param name="rows">[B, n, K] float32, rows on the simplex.</param>
    /// <returns>Both [B, n, K] float64.</returns>
    public (Tensor Votes, Tensor Errors) Of(Tensor rows)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var features = VoteMember.Features(rows.to(ScalarType.Float64));
        var parts = members.Select(member => member.Errors(features)).ToArray();
        // Either evaluation may be off by this.
        var errors = parts.Aggregate((sum, part) => sum + part) * (2.0 / parts.Length);
        return (network.Votes(rows).MoveToOuterDisposeScope(), errors.MoveToOuterDisposeScope());
    }

    /// <summary>By how much each score of another evaluation, rounded to float32, can be off.</summary>
    /// <param name="votes">[B, n, K].</param>
    /// <param name="errors">[B, n, K].</param>
    /// <returns>[B, K].</returns>
    public Tensor ScoreErrors(Tensor votes, Tensor errors)
    {
        using var scope = NewDisposeScope();
        // All n clients are summed in the end, liars too, whose votes are at most their influence.
        var sizes = votes.sum(1) + Influence.sum() + Bias.abs();
        return (
            errors.sum(1) + sizes * (2 * Gamma(votes.shape[1] + 2 * members.Length + 2) + 2 * SingleUnit)
        ).MoveToOuterDisposeScope();
    }

    /// <summary>γ of a sum of <paramref name="terms"/> products in float64, and two.</summary>
    static double Gamma(long terms) => (terms + 2) * Unit / (1 - (terms + 2) * Unit);

    public void Dispose()
    {
        foreach (var member in members)
            member.Dispose();
        Bias.Dispose();
        Influence.Dispose();
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
        readonly double embeddingGamma;

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
            embeddingGamma = Gamma(member.Embedding);
        }

        /// <summary>How far votes can be from exact arithmetic, [B, n, K].</summary>
        /// <param name="features">[B, n, 2K] float64.</param>
        public Tensor Errors(Tensor features)
        {
            using var scope = NewDisposeScope();
            // A row is exact; to its logarithm, which is below 8, come the sum before it and the two steps after it.
            var row = features.narrow(-1, 0, features.shape[^1] / 2);
            var error = cat([zeros_like(row), full_like(row, (2 * Elementary + 8) * Unit)], -1);
            var (hidden, off) = Layer(features, error, first, firstBias);
            // The client's part, and its sum with the row's.
            off = off + clientSizes * embeddingGamma + (hidden.abs() + off + clientSizes) * Gamma(1);
            hidden = (hidden + ofClients).relu_();
            (hidden, off) = Layer(hidden, off, second, secondBias);
            var (logits, apart) = Layer(hidden.relu_(), off, last, lastBias);
            // Subtracting the greatest logit rounds once more; exponential, sum, quotient and influence follow.
            var most = apart.amax([-1L], keepdim: true) + logits.abs().amax([-1L], keepdim: true) * (4 * Unit);
            var factor = (2 * most + Gamma(logits.shape[^1] + 3 * Elementary)).expm1();
            // What is smaller than any number may have become zero.
            var errors = logits.softmax(-1) * factor + double.Epsilon * logits.shape[^1];
            return where(most < MostOff, errors, ones_like(errors)).MoveToOuterDisposeScope();
        }

        static (Tensor Values, Tensor Errors) Layer(Tensor x, Tensor e, Tensor weights, Tensor bias)
        {
            using var scope = NewDisposeScope();
            var sizes = weights.abs();
            double gamma = Gamma(weights.shape[1] + 1);
            var values = x.matmul(weights.t()) + bias;
            var errors = e.matmul(sizes.t()) * (1 + gamma) + (x.abs().matmul(sizes.t()) + bias.abs()) * gamma;
            return (values.MoveToOuterDisposeScope(), errors.MoveToOuterDisposeScope());
        }

        static Tensor Keep(Tensor weights) => Rounding.Doubles(weights).DetachFromDisposeScope();

        public void Dispose()
        {
            foreach (
                var tensor in new[] { first, firstBias, ofClients, clientSizes, second, secondBias, last, lastBias }
            )
                tensor.Dispose();
        }
    }
}
