using RobustInference.Clients;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>Clients that train together on one device. Each takes the batches, in their order, and the learning rates
/// that it would take alone; clients with more samples go on when the others are done.</summary>
/// <remarks>A batch that is smaller than the others, as the last of an epoch is, is a step of that client
/// alone.</remarks>
public sealed class GroupedClients : IDisposable
{
    static readonly TimeSpan BetweenReports = TimeSpan.FromMilliseconds(250);

    readonly ClientRecipe recipe;
    readonly int[] clients;
    readonly DeviceImages images;
    readonly GroupedResNet8 network;
    readonly GroupedDescent descent;
    readonly Walk[] walks;
    readonly Tensor losses; // [n], summed over the samples of the running epoch
    readonly Device device;
    readonly Dictionary<int, TrainingState> states = [];
    readonly Queue<int> done = new();
    DateTime reported;

    /// <param name="recipe">How they are trained.</param>
    /// <param name="clients">Their n indices.</param>
    /// <param name="shares">The samples of each.</param>
    /// <param name="members">Their networks before the first step, copied.</param>
    /// <param name="data">The images.</param>
    /// <param name="device">Where they are trained.</param>
    /// <param name="precision">Float32 or BFloat16.</param>
    /// <param name="channelsLast">Whether a pixel's channels lie side by side in memory.</param>
    /// <param name="stateOf">Where the finished epochs of a client are kept, which goes on from there; null for
    /// nowhere.</param>
    public GroupedClients(
        ClientRecipe recipe,
        int[] clients,
        int[][] shares,
        ResNet8[] members,
        ImageDataset data,
        Device device,
        ScalarType precision = ScalarType.Float32,
        bool channelsLast = false,
        Func<int, TrainingState?>? stateOf = null
    )
    {
        (this.recipe, this.clients, this.device) = (recipe, clients, device);
        images = new DeviceImages(data, device);
        network = new GroupedResNet8(members, device, precision, channelsLast);
        descent = new GroupedDescent(network, recipe.Momentum, recipe.WeightDecay);
        foreach (int client in clients)
            if (stateOf?.Invoke(client) is { } state)
                states[client] = state;
        walks =
        [
            .. clients.Select((client, place) => new Walk(recipe, client, place, shares[place], Resume(client, place))),
        ];
        foreach (var walk in walks.Where(walk => !walk.IsGoing))
            done.Enqueue(walk.Client);
        losses = zeros([clients.Length], ScalarType.Float32, device).DetachFromDisposeScope();
    }

    /// <summary>Trains until another client is done.</summary>
    /// <returns>That client's index; null where all have been returned.</returns>
    /// <exception cref="InvalidOperationException">A loss that is not finite.</exception>
    public int? Train(IProgress<ClientProgress>? progress, CancellationToken cancel)
    {
        while (done.Count == 0 && Array.Exists(walks, walk => walk.IsGoing))
        {
            LongWork.ThrowIfCancelled(cancel);
            foreach (var alike in walks.Where(walk => walk.IsGoing).GroupBy(walk => walk.Batch.Count).ToArray())
                if (alike.Key == recipe.BatchSize)
                    Step([.. alike]);
                else
                    foreach (var walk in alike)
                        Step([walk]);
            foreach (var walk in walks.Where(walk => walk.IsGoing))
                Advance(walk, progress);
            Report(progress);
        }
        return done.TryDequeue(out int client) ? client : null;
    }

    /// <summary>Gives a client's weights to a network of its own.</summary>
    public void CopyTo(int client, ResNet8 trained) => network.CopyTo(Array.IndexOf(clients, client), trained);

    /// <summary>Takes up a client's weights where they were kept.</summary>
    /// <returns>Epochs done.</returns>
    int Resume(int client, int place)
    {
        using var kept = states.GetValueOrDefault(client)?.Open();
        if (kept is null)
            return 0;
        int epochs = kept.ReadInt32();
        foreach (var values in Of(place))
            using (values)
                TrainingState.Read(kept, values);
        return epochs;
    }

    void Keep(Walk walk) =>
        states
            .GetValueOrDefault(walk.Client)
            ?.Offer(writer =>
            {
                writer.Write(walk.Epoch);
                foreach (var values in Of(walk.Place))
                    using (values)
                        TrainingState.Write(writer, values);
            });

    // A client's weights, batch statistics and velocities: batches are drawn anew for each epoch.
    IEnumerable<Tensor> Of(int place) => network.Of(place).Concat(descent.Of(place));

    void Step(Walk[] some)
    {
        using var scope = NewDisposeScope();
        int count = some.Length,
            size = some[0].Batch.Count;
        var who = tensor(some.Select(walk => (long)walk.Place).ToArray(), device: device);
        var (inputs, labels) = images.Batch(
            new AugmentedBatch(
                [.. some.SelectMany(walk => walk.Batch.Indices)],
                [.. some.SelectMany(walk => walk.Batch.Down)],
                [.. some.SelectMany(walk => walk.Batch.Right)],
                [.. some.SelectMany(walk => walk.Batch.Flipped)]
            )
        );
        var own = descent.Step(
            who,
            inputs.view(count, size, ImageDataset.Channels, ImageDataset.Side, ImageDataset.Side),
            labels.view(count, size),
            tensor(some.Select(walk => (float)walk.Rate).ToArray(), device: device)
        );
        losses.AddInplace(who, own, size);
    }

    void Advance(Walk walk, IProgress<ClientProgress>? progress)
    {
        int seen = walk.SeenOfEpoch;
        if (!walk.Next())
            return;
        // The one number that is read back, once an epoch and client.
        using var own = losses[walk.Place];
        using var sum = own.cpu();
        double mean = sum.item<float>() / (double)seen;
        if (!double.IsFinite(mean))
            throw new InvalidOperationException(
                $"client {walk.Client}: the loss is {mean} in epoch {walk.Epoch - 1}; lower the learning rate"
            );
        own.zero_();
        progress?.Report(new(walk.Client, walk.Seen, walk.Total, mean));
        if (walk.IsGoing)
            Keep(walk);
        else
            done.Enqueue(walk.Client);
    }

    void Report(IProgress<ClientProgress>? progress)
    {
        if (progress is null || DateTime.UtcNow - reported < BetweenReports)
            return;
        reported = DateTime.UtcNow;
        foreach (var walk in walks.Where(walk => walk.IsGoing))
            progress.Report(new(walk.Client, walk.Seen, walk.Total));
    }

    public void Dispose()
    {
        losses.Dispose();
        descent.Dispose();
        network.Dispose();
        images.Dispose();
        foreach (var walk in walks)
            walk.Dispose();
    }

    /// <summary>One client's way through its epochs, batch by batch.</summary>
    sealed class Walk : IDisposable
    {
        readonly ClientRecipe recipe;
        readonly int[] share;
        readonly LearningRateSchedule schedule;
        IEnumerator<AugmentedBatch> batches;
        long step;
        long before; // samples of earlier epochs

        public Walk(ClientRecipe recipe, int client, int place, int[] share, int epoch)
        {
            (this.recipe, this.share, Client, Place) = (recipe, share, client, place);
            int perEpoch = share.Length / recipe.BatchSize + (share.Length % recipe.BatchSize >= 2 ? 1 : 0);
            schedule = new LearningRateSchedule(
                recipe.LearningRate,
                recipe.FinalLearningRate,
                recipe.WarmUp,
                (double)recipe.Epochs * perEpoch
            );
            (Epoch, step, before) = (epoch, (long)epoch * perEpoch, (long)epoch * share.Length);
            IsGoing = perEpoch > 0;
            batches = Begin();
            if (IsGoing)
                batches.MoveNext();
            SeenOfEpoch = IsGoing ? Batch.Count : 0;
        }

        public int Client { get; }

        public int Place { get; }

        public int Epoch { get; private set; }

        public bool IsGoing { get; private set; }

        public AugmentedBatch Batch => batches.Current;

        public double Rate => schedule.At(step);

        /// <summary>Samples of this epoch, those of the batch at hand among them.</summary>
        public int SeenOfEpoch { get; private set; }

        public long Seen => before + SeenOfEpoch;

        public long Total => (long)recipe.Epochs * share.Length;

        /// <summary>Goes on to the next batch.</summary>
        /// <returns>Whether an epoch has ended.</returns>
        public bool Next()
        {
            step++;
            if (batches.MoveNext())
            {
                SeenOfEpoch += Batch.Count;
                return false;
            }
            batches.Dispose();
            Epoch++;
            before = (long)Epoch * share.Length;
            SeenOfEpoch = 0;
            IsGoing = Epoch < recipe.Epochs;
            if (IsGoing)
            {
                batches = Begin();
                batches.MoveNext();
                SeenOfEpoch = Batch.Count;
            }
            return true;
        }

        IEnumerator<AugmentedBatch> Begin() =>
            ImageBatches
                .Plan(share, recipe.BatchSize, RandomStream.Managed(recipe.Seed, $"client-{Client}-epoch", Epoch))
                .GetEnumerator();

        public void Dispose() => batches.Dispose();
    }
}
