namespace RobustInference.Serving;

/// <summary>One query under a rule: its scores, and how far the lead of the answer can fall.</summary>
/// <param name="scores">K scores from the rows that came.</param>
internal abstract class Evaluation(double[] scores)
{
    /// <summary>Scores within this share of the greatest are a tie: rounding could make either the answer.</summary>
    public const double TieTolerance = 1e-6;

    public double[] Scores => scores;

    /// <summary>The first class of the greatest score.</summary>
    public int Answer { get; } = Array.IndexOf(scores, scores.Max());

    /// <summary>Whether another class has, but for rounding, the same score.</summary>
    public bool IsTied
    {
        get
        {
            double least = scores[Answer] - TieTolerance * Math.Abs(scores[Answer]);
            return scores.Count(score => score >= least) != 1;
        }
    }

    /// <summary>The greatest r that is asked for; negative where there are too many absent clients.</summary>
    public abstract int Most { get; }

    /// <summary>A lower bound of the lead of <see cref="Answer"/> over a rival when the absent rows and any r of the
    /// others may be anything.</summary>
    public abstract double Lead(int rival, int changed);

    /// <summary>The least lead over all rivals.</summary>
    public virtual double LeastLead(int changed)
    {
        double least = double.PositiveInfinity;
        for (int k = 0; k < scores.Length && least > 0; k++)
            if (k != Answer)
                least = Math.Min(least, Lead(k, changed));
        return least;
    }

    /// <summary>Whether a class could be the answer. May say yes where that is not known.</summary>
    public virtual bool CanElect(int candidate, int changed) => candidate == Answer || Lead(candidate, changed) <= 0;

    /// <summary>The greatest r such that the answer stands; −1 where it does not for r = 0.</summary>
    public int Radius()
    {
        int radius = -1;
        while (radius < Most && LeastLead(radius + 1) > 0)
            radius++;
        return radius;
    }

    /// <summary>The classes that could be the answer.</summary>
    public IEnumerable<int> Possible(int changed) =>
        Enumerable.Range(0, scores.Length).Where(k => changed > Most || CanElect(k, changed));
}
