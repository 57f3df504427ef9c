using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Certificates;

/// <summary>What holds for a <see cref="Aggregators.CertifiedVote"/> whatever the corrupted clients send.</summary>
/// <remarks>Let d_i = (v_y − v_t)(z_i, i) for the label y and another class t. In place of d_i a liar can put no less
/// than −α_i, since its vote lies in α_i times the simplex, and a client that does not answer puts 0. So
/// <para><i>fixed</i>: s_y − s_t ≥ Σ_{i∉C} d_i − Σ_{i∈C} α_i + b_y − b_t;</para>
/// <para><i>any</i>: corrupting client i takes d_i + α_i ≥ 0 off the lead, and these do not depend on each other: the
/// adversary's best are the f largest, so s_y − s_t ≥ Σ_i d_i − (sum of the f largest d_i + α_i) + b_y − b_t.</para>
/// <para>Both are the worst case itself where a row exists that moves the whole vote to t. Margins allow for
/// rounding (<see cref="VoteLeads"/>).</para>
/// </remarks>
/// <param name="network">The weights.</param>
public sealed class CertifiedVoteCertificate(VoteNetwork network) : ICertificate
{
    const int Chunk = 256;

    public string Name => "bounded votes";

    public bool IsExact => false;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The threat model or the network is for other answers.</exception>
    public Tensor Margins(ProbitSet answers, Adversary adversary, ThreatModel threat)
    {
        threat.CheckFits(answers);
        return Margins(answers, [losses => Lost(losses, adversary, threat)])[0];
    }

    public bool SharesSets => true;

    /// <inheritdoc/>
    /// <remarks>The votes are worked out once for all sets.</remarks>
    /// <exception cref="ArgumentException">A threat model or the network is for other answers.</exception>
    public IReadOnlyList<bool[]> ArePositive(ProbitSet answers, IReadOnlyList<ThreatModel> sets)
    {
        foreach (var set in sets)
            set.CheckFits(answers);
        using var scope = NewDisposeScope();
        return
        [
            .. Margins(
                    answers,
                    [.. sets.Select<ThreatModel, Func<Tensor, Tensor>>(set => losses => OfSet(losses, set))]
                )
                .Select(margins => margins.data<double>().ToArray().Select(margin => margin > 0).ToArray()),
        ];
    }

    /// <summary>Least margins, [S], for every way to add up what clients can take off, [B, n, K] to [B, K].</summary>
    Tensor[] Margins(ProbitSet answers, IReadOnlyList<Func<Tensor, Tensor>> adversaries)
    {
        Check(answers.Probits);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var leads = new VoteLeads(network);
        var parts = adversaries.Select(_ => new List<Tensor>()).ToArray();
        foreach (var (rows, labels) in Chunks(answers.Probits, answers.Labels))
        {
            using var inner = NewDisposeScope();
            var (lead, losses) = Leads(leads, rows, labels);
            for (int i = 0; i < parts.Length; i++)
                parts[i].Add((lead - adversaries[i](losses)).amin([1L]).MoveToOuterDisposeScope());
        }
        return [.. parts.Select(part => cat(part).MoveToOuterDisposeScope())];
    }

    static Tensor Lost(Tensor losses, Adversary adversary, ThreatModel threat) =>
        adversary == Adversary.Fixed ? OfSet(losses, threat)
        : threat.Count == 0 ? zeros_like(losses.select(1, 0))
        : losses.topk(threat.Count, 1).values.sum(1);

    static Tensor OfSet(Tensor losses, ThreatModel set) => Rows.Of(losses, set.Corrupted).sum(1);

    public int[] Radii(ProbitSet answers, int most) =>
        [.. Radii(answers.Probits, answers.Labels).Select(r => Math.Min(r, most))];

    /// <summary>Per sample the greatest r such that the label is the answer of every input that differs in at most r
    /// rows, whichever; −1 where it is not even certified for the rows as they are. One sort serves every r.</summary>
    /// <param name="answers">[S, n, K], rows on the simplex.</param>
    /// <param name="labels">[S], usually the rule's own answers.</param>
    /// <exception cref="ArgumentException">The network is for other answers.</exception>
    public int[] Radii(Tensor answers, Tensor labels)
    {
        Check(answers);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var leads = new VoteLeads(network);
        var radii = new List<int>();
        foreach (var (rows, wanted) in Chunks(answers, labels))
        {
            using var inner = NewDisposeScope();
            var (lead, losses) = Leads(leads, rows, wanted);
            // What the r worst liars take, for r = 0…n: never less for more of them.
            var taken = losses.sort(1, descending: true).Values.cumsum(1);
            var left = cat([lead.unsqueeze(1), lead.unsqueeze(1) - taken], 1).amin([2L]);
            radii.AddRange((left > 0).to(ScalarType.Int64).sum(1).sub_(1).Integers().Select(r => (int)r));
        }
        return [.. radii];
    }

    /// <summary>Lower bounds of the leads of the label with nobody corrupted, and what each client can take off
    /// them.</summary>
    /// <returns>[B, K], +∞ at the label, and [B, n, K], not negative.</returns>
    static (Tensor Lead, Tensor Losses) Leads(VoteLeads leads, Tensor rows, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var (votes, errors) = leads.Of(rows);
        var own = labels.view(-1, 1, 1).expand(-1, votes.shape[1], 1);
        var apart = votes.gather(2, own) - votes;
        var off = leads.ScoreErrors(votes, errors);
        var label = labels.unsqueeze(1);
        var bias = leads.Bias.index_select(0, labels).unsqueeze(1) - leads.Bias;
        var lead = apart.sum(1) + bias - off - off.gather(1, label);
        lead = lead.scatter(1, label, full_like(label, double.PositiveInfinity, dtype: ScalarType.Float64));
        // The errors of a liar's honest vote stay allowed for in the lead; rounding must not make a loss a gain.
        var losses = (apart + leads.Influence.view(1, -1, 1)).clamp_min_(0);
        return (lead.MoveToOuterDisposeScope(), losses.MoveToOuterDisposeScope());
    }

    void Check(Tensor answers)
    {
        if (answers.dim() != 3 || answers.shape[1] != network.Clients || answers.shape[2] != network.Classes)
            throw new ArgumentException(
                $"wanted answers [S, {network.Clients}, {network.Classes}], got [{string.Join(", ", answers.shape)}]"
            );
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
