using RobustInference.Certificates;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Serving;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>A learned vote: a network turns each client's row into a vote in the simplex, and the scores are
/// Σ_i v(z_i, i) + b, with a bias b per class.</summary>
/// <remarks>
/// <para>A liar moves the lead of one class over another by at most its own honest share and its influence α_i ≤ 1,
/// whatever the network: the certificate (<see cref="Certificates.CertifiedVoteCertificate"/>) needs no relaxation, and
/// training puts the very margin that is certified into the loss. The idea is that of BagCert against patches of images
/// (Metzen and Yatsura, 2021): bounded evidence from each region.</para>
/// <para>The rule knows <i>who</i> answers: row i must be client i's, as for COPUR. Static rules and DeepSets do not
/// know that.</para>
/// </remarks>
/// <param name="network">The weights.</param>
/// <param name="name">The name in tables, where two are shown side by side.</param>
public sealed class CertifiedVote(VoteNetwork network, string name = "CertifiedVote") : Aggregator, IClientVotes
{
    // Samples whose hidden units, in float64, stay within some MB.
    const int AtOnce = 512;

    public override string Name => name;

    public override ScoreScale Scale => ScoreScale.Logits;

    public override bool KnowsClients => true;

    public VoteNetwork Network => network;

    public int Clients => network.Clients;

    public int Classes => network.Classes;

    public Tensor Votes(Tensor rows, Tensor? clients = null) => network.Votes(rows, clients);

    public Tensor Bias() => network.Bias();

    public override ICertificate Certificate(Adversary adversary) => new CertifiedVoteCertificate(network);

    public override ServedRule ToServed() => ServedTwin.Of(network);

    public override Aggregator On(Device device) =>
        network.Members[0].Bias.device == device ? this : new CertifiedVote(network.Copy(device), name);

    public override void Dispose()
    {
        network.Dispose();
        base.Dispose();
    }

    /// <exception cref="ArgumentException">Other clients or classes than it was made for.</exception>
    /// <inheritdoc/>
    public override Tensor Scores(Tensor answers)
    {
        Check(answers);
        using var scope = NewDisposeScope();
        using var bias = network.Bias();
        var parts = new List<Tensor>();
        for (long from = 0; from < answers.shape[0] || from == 0; from += AtOnce)
        {
            using var part = NewDisposeScope();
            var rows = answers.narrow(0, from, Math.Min(AtOnce, answers.shape[0] - from));
            parts.Add((network.Votes(rows).sum(1) + bias).to(answers.dtype).MoveToOuterDisposeScope());
        }
        return (parts is [var all] ? all : cat(parts)).MoveToOuterDisposeScope();
    }

    public override ConditionedAggregator Given(
        Tensor answers,
        IReadOnlyList<int> corrupted,
        SortGradient gradient = SortGradient.Mean
    )
    {
        Check(answers);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        int[] honest = [.. Enumerable.Range(0, network.Clients).Except(corrupted)];
        var sums = network.Votes(Rows.Without(answers, corrupted), Places(honest, answers)).sum(1) + network.Bias();
        return new HonestVotes(network, sums.detach(), Places(corrupted, answers), owns: true);
    }

    static Tensor Places(IEnumerable<int> clients, Tensor beside) =>
        tensor(clients.Select(i => (long)i).ToArray(), device: beside.device);

    void Check(Tensor answers)
    {
        CheckAnswers(answers);
        CheckClasses(answers, network.Classes);
        if (answers.shape[1] != network.Clients)
            throw new ArgumentException(
                $"{Name}: was made for {network.Clients} clients, the answers are of {answers.shape[1]}"
            );
    }

    /// <summary>Keeps the sum of the honest votes and the bias.</summary>
    sealed class HonestVotes(VoteNetwork network, Tensor sums, Tensor liars, bool owns) : ConditionedAggregator
    {
        readonly Tensor sums = sums.DetachFromDisposeScope();
        readonly Tensor liars = owns ? liars.DetachFromDisposeScope() : liars;

        public override int Samples => (int)sums.shape[0];

        public override Tensor Scores(Tensor corrupted)
        {
            CheckRows(corrupted, (int)liars.shape[0]);
            using var scope = NewDisposeScope();
            return (liars.shape[0] == 0 ? sums : sums + network.Votes(corrupted, liars).sum(1))
                .to(corrupted.dtype)
                .MoveToOuterDisposeScope();
        }

        public override ConditionedAggregator Select(Tensor samples) =>
            new HonestVotes(network, sums.Take(0, samples), liars, owns: false);

        public override void Dispose()
        {
            sums.Dispose();
            if (owns)
                liars.Dispose();
            base.Dispose();
        }
    }
}
