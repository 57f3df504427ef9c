namespace RobustInference.Serving;

/// <summary>CertifiedVote: the sum of bounded votes of clients that it knows, and a bias for each class.</summary>
/// <remarks>What a client can take off the lead of y over k is at most its own (v_y − v_k) and its influence; an absent
/// client, which adds nothing to the scores, its influence. The worst r of those that came are the r greatest losses:
/// one sort serves every r.</remarks>
internal sealed class ServedCertifiedVote : ServedRule
{
    readonly double[] bias,
        influence;

    /// <param name="members">Whose votes are averaged; at least one.</param>
    public ServedCertifiedVote(IReadOnlyList<VoteMemberWeights> members)
    {
        Members = members;
        bias = new double[members[0].Classes];
        influence = new double[members[0].Clients];
        foreach (var member in members)
        {
            for (int k = 0; k < bias.Length; k++)
                bias[k] += member.Bias[k] / members.Count;
            for (int i = 0; i < influence.Length; i++)
                influence[i] += member.Influence[i] / members.Count;
        }
        // A coordinate of a softmax exceeds 1 by some units only, and so does the mean of several.
        double above = 1 + RoundingUnits.GammaDouble(bias.Length + 2 * VoteMemberWeights.Elementary + members.Count);
        for (int i = 0; i < influence.Length; i++)
            influence[i] *= above;
    }

    public override string Name => "CertifiedVote";

    public override int? Clients => influence.Length;

    public override int? Classes => bias.Length;

    public IReadOnlyList<VoteMemberWeights> Members { get; }

    /// <summary>[K], added to the sum of the votes.</summary>
    public ReadOnlySpan<double> Bias => bias;

    /// <summary>[n]: by how much a row of that client can at most favour one class over another.</summary>
    public ReadOnlySpan<double> Influence => influence;

    private protected override Evaluation Evaluate(Query query)
    {
        int classes = query.Classes,
            came = query.Present.Length;
        double[] votes = new double[came * classes],
            errors = new double[came * classes],
            scores = (double[])bias.Clone(),
            off = new double[classes];
        double share = 1.0 / Members.Count;
        foreach (var member in Members)
            for (int i = 0; i < came; i++)
                member.AddVote(
                    query.Present[i],
                    query.Row(i),
                    share,
                    votes.AsSpan(i * classes, classes),
                    errors.AsSpan(i * classes, classes)
                );
        // By how much each score of another evaluation, rounded to float32, can be off; absent clients are summed too.
        double most = influence.Sum(),
            gamma = 2 * RoundingUnits.GammaDouble(query.Clients + 2 * Members.Count + 2) + 2 * RoundingUnits.Single;
        for (int k = 0; k < classes; k++)
        {
            double sum = 0;
            for (int i = 0; i < came; i++)
            {
                sum += votes[i * classes + k];
                off[k] += 2 * errors[i * classes + k];
            }
            scores[k] += sum;
            off[k] += (sum + most + Math.Abs(bias[k])) * gamma;
        }
        return new Bounded(scores, this, query, votes, off);
    }

    sealed class Bounded(double[] scores, ServedCertifiedVote rule, Query query, double[] votes, double[] off)
        : Evaluation(scores)
    {
        // Per rival: the lead after the absent, then what the worst r of the others take, cumulated.
        readonly double[]?[] leads = new double[]?[query.Classes];

        public override int Most => (query.Clients - 1) / 2 - query.Absent;

        public override double Lead(int rival, int changed) => (leads[rival] ??= Leads(rival))[changed];

        double[] Leads(int rival)
        {
            int came = query.Present.Length;
            double lead = rule.bias[Answer] - rule.bias[rival] - off[Answer] - off[rival];
            var losses = new double[came];
            double present = 0,
                known = 0;
            for (int i = 0; i < came; i++)
            {
                double apart = votes[i * query.Classes + Answer] - votes[i * query.Classes + rival],
                    own = rule.influence[query.Present[i]];
                known += apart;
                present += own;
                losses[i] = Math.Max(0, apart + own);
            }
            lead += known;
            if (query.Absent > 0)
                lead -= rule.influence.Sum() - present + RoundingUnits.GammaDouble(2 * query.Clients) * query.Clients;
            losses.AsSpan().Sort();
            var all = new double[came + 1];
            all[0] = lead;
            double taken = 0;
            for (int r = 1; r <= came; r++)
                all[r] = lead - (taken += losses[came - r]);
            return all;
        }
    }
}
