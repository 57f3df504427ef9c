namespace RobustInference.Serving;

/// <summary>Plurality vote: each client votes for its most probable class, the first of several; a score is the share
/// of the votes that came.</summary>
/// <remarks>Exact: an absent client may have voted for any class; a changed row takes at most two votes off a lead.
/// </remarks>
internal sealed class ServedVote : ServedRule
{
    public override string Name => "Plurality vote";

    private protected override Evaluation Evaluate(Query query)
    {
        var counts = new int[query.Classes];
        for (int i = 0; i < query.Present.Length; i++)
        {
            var row = query.Row(i);
            int best = 0;
            for (int k = 1; k < row.Length; k++)
                if (row[k] > row[best])
                    best = k;
            counts[best]++;
        }
        return new Counted([.. counts.Select(count => (double)count / query.Present.Length)], counts, query.Clients);
    }

    sealed class Counted(double[] scores, int[] counts, int clients) : Evaluation(scores)
    {
        readonly int came = counts.Sum();

        public override int Most => (clients - 1) / 2 - (clients - came);

        public override double Lead(int rival, int changed) =>
            (double)(
                counts[Answer]
                - counts[rival]
                - (clients - came)
                - Math.Min(changed, counts[Answer])
                - Math.Min(changed, came - counts[rival])
            ) / clients;

        // With all it can get, the others must be brought below it: each vote too many is a changed row.
        public override bool CanElect(int candidate, int changed)
        {
            int own = counts[candidate] + (clients - came) + Math.Min(changed, came - counts[candidate]);
            return counts.Where((_, k) => k != candidate).Sum(count => Math.Max(0, count - own + 1)) <= changed;
        }
    }
}
