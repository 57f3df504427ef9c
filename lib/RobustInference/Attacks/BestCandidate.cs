using RobustInference.Devices;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>Of many tries, those rows under which the label leads least, sample by sample. On a GPU scores, leads and
/// rows stay there.</summary>
public sealed class BestCandidate
{
    readonly QueryChunk chunk;
    readonly Tensor labels;

    /// <param name="chunk">Whose corrupted rows are tried.</param>
    /// <param name="rows">The first try, [B, m, K]; copied.</param>
    public BestCandidate(QueryChunk chunk, Tensor rows)
    {
        (this.chunk, labels, Rows) = (chunk, chunk.Labels, rows.contiguous().clone());
        using var scores = chunk.Given.Scores(rows);
        Leads = ScoreMargin.Leads(scores, labels);
    }

    /// <summary>The least lead of every sample's label so far, [B]: changed by every better try.</summary>
    public Tensor Leads { get; }

    /// <summary>The rows that belong to it, [B, m, K]: changed by every better try.</summary>
    public Tensor Rows { get; }

    /// <summary>Keeps the rows of those samples whose label leads less than before.</summary>
    /// <param name="tried">[B, m, K].</param>
    public void Try(Tensor tried)
    {
        LongWork.ThrowIfCancelled();
        using var scope = NewDisposeScope();
        var scores = chunk.Given.Scores(tried);
        if (chunk.Device.IsHost())
            KeepOnHost(scores, tried);
        else
            KeepInTorch(scores, tried);
    }

    void KeepOnHost(Tensor scores, Tensor tried)
    {
        ReadOnlySpan<float> leads = ScoreMargin.Leads(scores, labels).Floats(),
            source = tried.contiguous().Floats();
        Span<float> least = Leads.Floats(),
            kept = Rows.Floats();
        int size = chunk.Corrupted * chunk.Classes;
        for (int s = 0; s < leads.Length; s++)
            if (leads[s] < least[s])
            {
                least[s] = leads[s];
                source.Slice(s * size, size).CopyTo(kept[(s * size)..]);
            }
    }

    void KeepInTorch(Tensor scores, Tensor tried)
    {
        var leads = ScoreMargin.Leads(scores, labels);
        var better = leads < Leads;
        Leads.copy_(EveryDevice.Where(better, leads, Leads));
        Rows.copy_(EveryDevice.Where(better.view(-1, 1, 1), tried, Rows));
    }
}
