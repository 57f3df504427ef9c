using RobustInference.Networks;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>A DeepSet with its honest clients summarised: what is left is a network of the corrupted rows alone, in
/// which samples may have different numbers of them.</summary>
/// <remarks>The weights are constants here. The honest rows' hidden units are summed once; ρ's last and μ's first
/// layer have no non-linearity between them, so one h×h matrix replaces both. The gradient is written out, since it
/// needs no weight gradient and no graph.
/// </remarks>
public sealed class DeepSetGiven : ConditionedAggregator
{
    /// <summary>With fewer classes, a product costs no more than to look for what differs.</summary>
    internal const int ManyClasses = 32;

    readonly Constants weights;
    readonly Tensor honestSums;
    readonly int[] counts,
        offsets;
    readonly bool ownsWeights;
    Tensor? slots,
        owners;

    internal DeepSetGiven(Constants weights, Tensor honestSums, int[] counts, bool ownsWeights = true)
    {
        this.ownsWeights = ownsWeights;
        (this.weights, this.honestSums, this.counts) = (weights, honestSums.DetachFromDisposeScope(), counts);
        offsets = new int[counts.Length + 1];
        for (int s = 0; s < counts.Length; s++)
            offsets[s + 1] = offsets[s] + counts[s];
    }

    public override int Samples => counts.Length;

    /// <summary>Sample s has the rows offsets[s]…offsets[s+1]−1 of all R corrupted rows.</summary>
    public ReadOnlySpan<int> Offsets => offsets;

    /// <inheritdoc/>
    /// <param name="corrupted">[B, m, K], or [R, K] where samples have different numbers of corrupted rows.</param>
    public override Tensor Scores(Tensor corrupted)
    {
        CheckCounts(corrupted);
        using var scope = NewDisposeScope();
        var hidden = EveryDevice.Relu(nn.functional.linear(corrupted, weights.RhoIn, weights.RhoInBias));
        Tensor sums;
        if (corrupted.dim() == 3)
            sums = hidden.sum(1);
        else if (hidden.IsOnHost())
            sums = zeros_like(honestSums).index_add(0, Owners(hidden.device), hidden, 1);
        else
            sums = SumsOfRows(hidden);
        var mean = (honestSums + sums) / weights.Clients;
        var between = EveryDevice.Relu(nn.functional.linear(mean, weights.Between, weights.BetweenBias));
        return nn.functional.linear(between, weights.MuOut, weights.MuOutBias).MoveToOuterDisposeScope();
    }

    /// <summary>The scores when all corrupted rows of a sample are one-hot of the same class, for every class: m times
    /// one hidden row is all that differs, so no row is encoded.</summary>
    /// <returns>[B, K, K]: sample, target, score.</returns>
    public Tensor ScoresUnderTargets()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var perRow = EveryDevice.Relu(weights.RhoInTransposed + weights.RhoInBias).mm(weights.BetweenByClients);
        var honest = addmm(weights.BetweenBias, honestSums, weights.BetweenByClients, 1, 1).unsqueeze(1);
        var changing = tensor(counts.Select(count => (float)count).ToArray(), device: honestSums.device).view(-1, 1, 1);
        return nn
            .functional.linear((honest + changing * perRow).ReluInplace(), weights.MuOut, weights.MuOutBias)
            .MoveToOuterDisposeScope();
    }

    public override Tensor Gradient(Tensor corrupted, Func<Tensor, Tensor> cotangent)
    {
        CheckCounts(corrupted);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        if (!corrupted.IsFloatsOnCpu())
            return InTorch(corrupted, cotangent).MoveToOuterDisposeScope();
        var rows = corrupted.view(-1, corrupted.shape[^1]);
        var hidden = rows.mm(weights.RhoInTransposed);
        var mean = honestSums.clone();
        AddReluOfRows(hidden, mean);
        var between = addmm(weights.BetweenBias, mean, weights.BetweenByClients, 1, 1).ReluInplace();
        var scores = addmm(weights.MuOutBias, between, weights.MuOutTransposed, 1, 1);
        var back = cotangent(scores).mm(weights.MuOut);
        Lanes.KeepWherePositive(between.Floats(), back.Floats(), back.Floats());
        var perSample = back.mm(weights.BetweenOverClients);
        SpreadWhereActive(hidden, perSample);
        return hidden.mm(weights.RhoIn).view(corrupted.shape).MoveToOuterDisposeScope();
    }

    /// <summary>The same gradient in torch's operators, for other devices and types.</summary>
    Tensor InTorch(Tensor corrupted, Func<Tensor, Tensor> cotangent)
    {
        bool ragged = corrupted.dim() == 2;
        var hidden = nn.functional.linear(corrupted, weights.RhoIn, weights.RhoInBias);
        var active = EveryDevice.Relu(hidden);
        var sums = honestSums + (ragged ? SumsOfRows(active) : active.sum(1));
        var between = addmm(weights.BetweenBias, sums, weights.BetweenByClients, 1, 1).ReluInplace();
        var back = cotangent(addmm(weights.MuOutBias, between, weights.MuOutTransposed, 1, 1)).mm(weights.MuOut);
        var perSample = (back * (between > 0)).mm(weights.BetweenOverClients);
        var perRow = ragged ? perSample.Take(0, Owners(perSample.device)) : perSample.unsqueeze(1);
        return (perRow * (hidden > 0)).matmul(weights.RhoIn).contiguous();
    }

    /// <summary>Every sample's rows added up, by places: a GPU that adds at them does so in an order that
    /// changes.</summary>
    /// <param name="rows">[R, h].</param>
    /// <returns>[B, h].</returns>
    Tensor SumsOfRows(Tensor rows)
    {
        using var scope = NewDisposeScope();
        int most = counts.Length == 0 ? 0 : counts.Max();
        if (slots is null)
        {
            // Samples with fewer rows read a row of zeros behind the last.
            var places = new long[counts.Length * most];
            for (int s = 0; s < counts.Length; s++)
            for (int i = 0; i < most; i++)
                places[s * most + i] = i < counts[s] ? offsets[s] + i : offsets[^1];
            slots = tensor(places, device: rows.device).DetachFromDisposeScope();
        }
        var padded = cat([rows, zeros([1, rows.shape[1]], rows.dtype, rows.device)]);
        return padded.Take(0, slots).view(counts.Length, most, -1).sum(1).MoveToOuterDisposeScope();
    }

    /// <summary>The sample of every corrupted row, [R] int64; belongs to this object.</summary>
    public Tensor Owners(Device device) =>
        owners ??= tensor(counts.SelectMany((count, s) => Enumerable.Repeat((long)s, count)).ToArray(), device: device)
            .DetachFromDisposeScope();

    public override ConditionedAggregator Select(Tensor samples) =>
        new DeepSetGiven(
            weights,
            honestSums.Take(0, samples),
            [.. samples.Integers().Select(s => counts[s])],
            ownsWeights: false
        );

    public override LaneGiven<T>? InLanes<T>() => SuitsLoops ? new LaneDeepSet<T>(weights, honestSums, counts) : null;

    public override SteppingDeepSet<T>? InSteps<T>(float step) =>
        SuitsLoops && weights.RhoIn.shape[1] >= ManyClasses
            ? new SteppingDeepSet<T>(weights, honestSums, counts, step)
            : null;

    bool SuitsLoops =>
        counts.Length > 0 && counts.Max() > 0 && honestSums.IsFloatsOnCpu() && weights.RhoIn.IsFloatsOnCpu();

    public override void Dispose()
    {
        honestSums.Dispose();
        slots?.Dispose();
        owners?.Dispose();
        if (ownsWeights)
            weights.Dispose();
        base.Dispose();
    }

    void CheckCounts(Tensor corrupted)
    {
        long[] shape = corrupted.shape;
        bool fits =
            shape.Length == 2
                ? shape[0] == offsets[^1]
                : shape.Length == 3 && shape[0] == Samples && Array.TrueForAll(counts, count => count == shape[1]);
        if (!fits || shape[^1] != weights.RhoIn.shape[1])
            throw new ArgumentException(
                $"wanted {offsets[^1]} corrupted rows of {Samples} samples over "
                    + $"{weights.RhoIn.shape[1]} classes, got [{string.Join(", ", shape)}]"
            );
    }

    /// <summary>hidden ← hidden + bias; sums[owner] += max(0, hidden).</summary>
    void AddReluOfRows(Tensor hidden, Tensor sums)
    {
        Span<float> rows = hidden.Floats(),
            totals = sums.Floats(),
            bias = weights.RhoInBias.Floats();
        int h = bias.Length;
        for (int s = 0; s < counts.Length; s++)
        {
            var total = totals.Slice(s * h, h);
            for (int r = offsets[s]; r < offsets[s + 1]; r++)
                Lanes.AddBiasAndAccumulateRelu(rows.Slice(r * h, h), bias, total);
        }
    }

    /// <summary>hidden ← the sample's gradient where the hidden unit is positive, 0 elsewhere.</summary>
    void SpreadWhereActive(Tensor hidden, Tensor perSample)
    {
        Span<float> rows = hidden.Floats(),
            gradients = perSample.Floats();
        int h = (int)hidden.shape[1];
        for (int s = 0; s < counts.Length; s++)
        {
            var gradient = gradients.Slice(s * h, h);
            for (int r = offsets[s]; r < offsets[s + 1]; r++)
            {
                var row = rows.Slice(r * h, h);
                Lanes.KeepWherePositive(row, gradient, row);
            }
        }
    }

    /// <summary>The network's weights as constants, in the forms that the loop needs; selections share those of the
    /// whole, which outlives them.</summary>
    internal sealed class Constants : IDisposable
    {
        public Constants(DeepSetNetwork network, int clients)
        {
            using var scope = NewDisposeScope();
            using var untracked = no_grad();
            Clients = clients;
            RhoIn = Keep(network.RhoIn.weight!);
            RhoInBias = Keep(network.RhoIn.bias!);
            RhoInTransposed = Keep(RhoIn.t());
            Between = Keep(network.MuIn.weight!.mm(network.RhoOut.weight!));
            BetweenBias = Keep(addmv(network.MuIn.bias!, network.MuIn.weight!, network.RhoOut.bias!, 1, 1));
            BetweenOverClients = Keep(Between / clients);
            BetweenByClients = Keep(BetweenOverClients.t());
            MuOut = Keep(network.MuOut.weight!);
            MuOutBias = Keep(network.MuOut.bias!);
            MuOutTransposed = Keep(MuOut.t());
        }

        public int Clients { get; }
        public Tensor RhoIn { get; }
        public Tensor RhoInBias { get; }
        public Tensor RhoInTransposed { get; }
        public Tensor Between { get; }
        public Tensor BetweenBias { get; }
        public Tensor BetweenByClients { get; }
        public Tensor BetweenOverClients { get; }
        public Tensor MuOut { get; }
        public Tensor MuOutBias { get; }
        public Tensor MuOutTransposed { get; }

        public void Dispose()
        {
            foreach (
                var tensor in new[]
                {
                    RhoIn,
                    RhoInBias,
                    RhoInTransposed,
                    Between,
                    BetweenBias,
                    BetweenByClients,
                    BetweenOverClients,
                    MuOut,
                    MuOutBias,
                    MuOutTransposed,
                }
            )
                tensor.Dispose();
        }

        static Tensor Keep(Tensor tensor) => tensor.detach().clone().contiguous().DetachFromDisposeScope();
    }
}
