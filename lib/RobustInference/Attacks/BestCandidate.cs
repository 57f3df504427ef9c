using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>Of many tries, those rows under which the label leads least, sample by sample.</summary>
public sealed class BestCandidate
{
    readonly QueryChunk chunk;
    readonly Tensor rows;

    /// <param name="chunk">Whose corrupted rows are tried.</param>
    /// <param name="rows">The first try, [B, m, K]; copied.</param>
    public BestCandidate(QueryChunk chunk, Tensor rows)
    {
        (this.chunk, this.rows) = (chunk, rows.clone());
        using var scores = chunk.Given.Scores(rows);
        Leads = ScoreMargin.Leads(scores, chunk.Labels);
    }

    /// <summary>The least lead of every sample's label so far.</summary>
    public float[] Leads { get; }

    /// <summary>The rows that belong to it, [B, m, K]: changed by every better try.</summary>
    public Tensor Rows => rows;

    /// <summary>Keeps the rows of those samples whose label leads less than before.</summary>
    /// <param name="tried">[B, m, K].</param>
    public void Try(Tensor tried)
    {
        LongWork.ThrowIfCancelled();
        using var scope = NewDisposeScope();
        float[] leads = ScoreMargin.Leads(chunk.Given.Scores(tried), chunk.Labels);
        var better = new bool[leads.Length];
        for (int s = 0; s < leads.Length; s++)
            if (better[s] = leads[s] < Leads[s])
                Leads[s] = leads[s];
        if (better.Contains(true))
            rows.copy_(EveryDevice.Where(tensor(better, device: chunk.Device).view(-1, 1, 1), tried, rows));
    }
}
