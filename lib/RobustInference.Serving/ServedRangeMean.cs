namespace RobustInference.Serving;

/// <summary>Mean, coordinate-wise median and coordinate-wise trimmed mean.</summary>
/// <remarks>With a of n clients absent the mean and the median are those of the rows that came; the trimmed mean drops
/// t−a of these on each side, since each absent row stands for one of the dropped: so it needs a ≤ t.</remarks>
internal sealed class ServedRangeMean : ServedRule
{
    readonly RangeKind kind;
    readonly int trim;

    public ServedRangeMean(RangeKind kind, int trim = 0)
    {
        if (trim < 0)
            throw new ArgumentException($"a trim of {trim} is negative");
        (this.kind, this.trim) = (kind, trim);
    }

    public RangeKind Kind => kind;

    /// <summary>t.</summary>
    public int Trim => trim;

    public override string Name =>
        kind switch
        {
            RangeKind.Mean => "Mean",
            RangeKind.Trimmed => "CWTM",
            _ => "CWMed",
        };

    public override int MostAbsent(int clients) =>
        kind == RangeKind.Trimmed ? Math.Min(trim, clients - 1) : clients - 1;

    public override void CheckFits(int clients, int classes)
    {
        base.CheckFits(clients, classes);
        if (kind == RangeKind.Trimmed && clients <= 2 * trim)
            throw new ArgumentException(
                $"{Name}: {clients} clients are too few, at least {2 * trim + 1} are needed for a trim of {trim}"
            );
    }

    /// <summary>The order statistics from…to−1 that are averaged, of n rows.</summary>
    public (int From, int To) Kept(int clients) =>
        kind switch
        {
            RangeKind.Mean => (0, clients),
            RangeKind.Trimmed => (trim, clients - trim),
            RangeKind.Median => ((clients - 1) / 2, clients / 2 + 1),
            _ => ((clients - 1) / 2, (clients - 1) / 2 + 1),
        };

    private protected override Evaluation Evaluate(Query query) => Evaluate(query, RowRounding.None);

    /// <summary>One query whose rows can be a little off elsewhere.</summary>
    public Evaluation Evaluate(Query query, RowRounding rounding)
    {
        var columns = new SortedColumns([.. Enumerable.Range(0, query.Present.Length)], query.Classes);
        columns.Sort(query.Rows);
        int came = query.Present.Length;
        var (from, to) = kind == RangeKind.Trimmed ? (trim - query.Absent, came - (trim - query.Absent)) : Kept(came);
        var scores = new double[query.Classes];
        for (int k = 0; k < scores.Length; k++)
            scores[k] = columns.FromBelow(k, from, to) / (to - from);
        return new Worst(scores, columns, Kept(query.Clients), query.Clients, came, rounding);
    }

    sealed class Worst(
        double[] scores,
        SortedColumns columns,
        (int From, int To) kept,
        int clients,
        int came,
        RowRounding rounding
    ) : Evaluation(scores)
    {
        const double Rounding = 1e-14;

        // Beyond this many sets of changed rows a class that cannot be ruled out counts as possible.
        const long MostSets = 200_000;

        // What is left to a class beside its rivals, where rows can be off.
        readonly SortedColumns?[] lowered = new SortedColumns?[columns.Classes];

        public override int Most => (clients - 1) / 2 - (clients - came);

        public override double Lead(int rival, int changed)
        {
            var sums = Sums(changed);
            return Settled(Answer, sums, new RowChoice(came, sums).Pair(Lowered(Answer), Answer, rival));
        }

        public override double LeastLead(int changed)
        {
            var sums = Sums(changed);
            return Settled(Answer, sums, new RowChoice(came, sums).Least(Lowered(Answer), Answer));
        }

        /// <summary>A class is elected if some set of changed rows makes its score the greatest: one-hot rows of that
        /// class are best for it against every rival at once.</summary>
        public override bool CanElect(int candidate, int changed)
        {
            var sums = Sums(changed);
            var choice = new RowChoice(came, sums);
            // Against each rival alone it may take the set that is best there.
            for (int k = 0; k < columns.Classes; k++)
                if (k != candidate && Settled(k, sums, choice.Pair(Lowered(k), k, candidate)) >= 0)
                    return false;
            bool[] gone = new bool[came];
            for (int step = 0; step < changed; step++)
            {
                int best = -1;
                double most = double.NegativeInfinity;
                for (int i = 0; i < came; i++)
                {
                    if (gone[i])
                        continue;
                    gone[i] = true;
                    double margin = LeadWithout(gone, candidate);
                    gone[i] = false;
                    if (margin > most)
                        (best, most) = (i, margin);
                }
                gone[best] = true;
            }
            return LeadWithout(gone, candidate) > 0 || Sets(came, changed) > MostSets || Any(candidate, changed);
        }

        bool Any(int candidate, int changed)
        {
            int[] chosen = [.. Enumerable.Range(0, changed)];
            var gone = new bool[came];
            while (true)
            {
                Array.Clear(gone);
                foreach (int i in chosen)
                    gone[i] = true;
                if (LeadWithout(gone, candidate) > 0)
                    return true;
                int last = changed - 1;
                while (last >= 0 && chosen[last] == came - changed + last)
                    last--;
                if (last < 0)
                    return false;
                chosen[last]++;
                for (int i = last + 1; i < changed; i++)
                    chosen[i] = chosen[i - 1] + 1;
            }
        }

        /// <summary>(n−a−b) times the candidate's lead over the best rival when the absent rows and those that are gone
        /// are one-hot of it, and rounding is on its side.</summary>
        double LeadWithout(bool[] gone, int candidate)
        {
            double own = Window(gone, candidate, ones: true),
                greatest = double.NegativeInfinity;
            for (int k = 0; k < columns.Classes; k++)
                if (k != candidate)
                    greatest = Math.Max(greatest, Window(gone, k, ones: false));
            greatest *= rounding.Ratio;
            double lead = own - greatest + rounding.Least * (kept.To - kept.From);
            return Math.Abs(lead) <= Rounding * Math.Max(own, greatest) ? 0 : lead;
        }

        double Window(bool[] gone, int column, bool ones)
        {
            int place = ones ? 0 : clients - came + gone.Count(true);
            double sum = 0;
            var values = columns.Column(column);
            foreach (int row in columns.Order(column))
            {
                if (gone[row])
                    continue;
                if (place >= kept.From && place < kept.To)
                    sum += values[row];
                place++;
            }
            return ones ? sum + Math.Max(0, kept.To - Math.Max(place, kept.From)) : sum;
        }

        RangeSums Sums(int changed) => RangeSums.Of(kept.From, kept.To, clients, changed, clients - came);

        double Settled(int label, RangeSums sums, double lead) =>
            (
                Math.Abs(lead) <= Rounding * (columns.FromBelow(label, sums.DroppedLow, sums.Low) + sums.Ones)
                    ? 0
                    : lead / sums.Kept
            ) - rounding.Least;

        SortedColumns Lowered(int k) => lowered[k] ??= columns.Scaled(k, rounding.Ratio);

        static long Sets(int n, int size)
        {
            long sets = 1;
            for (int i = 0; i < size && sets <= MostSets; i++)
                sets = sets * (n - i) / (i + 1);
            return sets;
        }
    }
}
