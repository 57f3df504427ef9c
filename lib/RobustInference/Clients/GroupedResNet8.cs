using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Clients;

/// <summary>Several clients' <see cref="ResNet8"/> side by side as one network: convolutions in groups, one to a
/// client, so that a GPU has enough to do. No client's numbers reach another's.</summary>
public sealed class GroupedResNet8 : IDisposable
{
    const double BatchNormMomentum = 0.1,
        BatchNormEpsilon = 1e-5;

    readonly Dictionary<string, Tensor> weights = [],
        statistics = [];
    readonly ScalarType precision;
    readonly bool channelsLast;

    /// <param name="members">n networks of one width, whose weights are copied.</param>
    /// <param name="device">Where the group lies.</param>
    /// <param name="precision">Of convolutions and what flows between them: Float32, or BFloat16 for mixed
    /// precision, in which weights, batch statistics and the last layer stay float32.</param>
    /// <param name="channelsLast">Whether a pixel's channels lie side by side in memory. Not for training on the
    /// processor, whose oneDNN then writes past the end of its memory (docs/sharp-edges.md).</param>
    public GroupedResNet8(
        IReadOnlyList<ResNet8> members,
        Device device,
        ScalarType precision = ScalarType.Float32,
        bool channelsLast = false
    )
    {
        (this.precision, this.channelsLast) = (precision, channelsLast);
        Count = members.Count;
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        Dictionary<string, Tensor>[] weightsOf =

            [
                .. members.Select(m =>
                    m.named_parameters().ToDictionary(pair => pair.name, Tensor (pair) => pair.parameter)
                ),
            ],
            statisticsOf = [.. members.Select(m => m.named_buffers().ToDictionary())];
        Tensor Stacked(Dictionary<string, Tensor>[] all, string name) =>
            stack([.. all.Select(own => own[name].detach())]).to(device).DetachFromDisposeScope();
        foreach (string name in weightsOf[0].Keys)
            weights[name] = Stacked(weightsOf, name);
        foreach (string name in statisticsOf[0].Keys.Where(name => name.Contains("running_", StringComparison.Ordinal)))
            statistics[name] = Stacked(statisticsOf, name);
    }

    /// <summary>n.</summary>
    public int Count { get; }

    /// <summary>All weights by their names in <see cref="ResNet8"/>, [n, …].</summary>
    public IReadOnlyDictionary<string, Tensor> Weights => weights;

    /// <summary>The weights of some members as leaves of a graph, in their caller's dispose scope.</summary>
    /// <param name="who">[a] int64.</param>
    public Dictionary<string, Tensor> Leaves(Tensor who)
    {
        using var untracked = no_grad();
        return weights.ToDictionary(pair => pair.Key, pair => pair.Value.Take(0, who).detach().requires_grad_());
    }

    /// <summary>The logits of some members, each on a batch of its own.</summary>
    /// <param name="images">[a, B, 3, 32, 32], normalised.</param>
    /// <param name="own">Their weights, [a, …], as <see cref="Leaves"/> gives them.</param>
    /// <param name="who">[a] int64, whose batch statistics are used, and followed in training.</param>
    /// <param name="training">Whether batch norms go by the batch.</param>
    /// <returns>[a, B, K] float32.</returns>
    /// <exception cref="InvalidOperationException">Training on the processor with the channels last.</exception>
    public Tensor Forward(Tensor images, IReadOnlyDictionary<string, Tensor> own, Tensor who, bool training)
    {
        if (training && channelsLast && images.device_type == DeviceType.CPU)
            throw new InvalidOperationException("channels cannot come last in training on the processor");
        using var scope = NewDisposeScope();
        long count = images.shape[0],
            batch = images.shape[1];
        var x = images
            .transpose(0, 1)
            .reshape(batch, count * images.shape[2], images.shape[3], images.shape[4])
            .to(precision);
        // Convolutions and norms keep the order in memory that they are given.
        if (channelsLast)
            x = x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        x = EveryDevice.Relu(Norm(Convolve(x, "conv1", 1), "bn1"));
        foreach (string block in new[] { "block1", "block2", "block3" })
        {
            int stride = block == "block1" ? 1 : 2;
            var y = EveryDevice.Relu(Norm(Convolve(x, $"{block}.conv1", stride), $"{block}.bn1"));
            y = Norm(Convolve(y, $"{block}.conv2", 1), $"{block}.bn2");
            var beside = own.ContainsKey($"{block}.shortcut.0.weight")
                ? Norm(Convolve(x, $"{block}.shortcut.0", stride), $"{block}.shortcut.1")
                : x;
            x = EveryDevice.Relu(y + beside);
        }
        var features = nn
            .functional.avg_pool2d(x, 4)
            .to(ScalarType.Float32)
            .reshape(batch, count, -1)
            .transpose(0, 1)
            .contiguous();
        return (
            features.bmm(own["linear.weight"].transpose(1, 2)) + own["linear.bias"].unsqueeze(1)
        ).MoveToOuterDisposeScope();

        Tensor Convolve(Tensor input, string name, int stride)
        {
            var weight = own[$"{name}.weight"];
            long[] shape = weight.shape;
            return EveryDevice.Convolve(
                input,
                weight.reshape(shape[0] * shape[1], shape[2], shape[3], shape[4]).to(precision),
                stride,
                (int)shape[3] / 2,
                count
            );
        }

        Tensor Norm(Tensor input, string name)
        {
            Tensor mean = statistics[$"{name}.running_mean"],
                variance = statistics[$"{name}.running_var"];
            Tensor ownMean = mean.Take(0, who).view(-1),
                ownVariance = variance.Take(0, who).view(-1);
            var output = EveryDevice.BatchNorm(
                input,
                ownMean,
                ownVariance,
                own[$"{name}.weight"].view(-1),
                own[$"{name}.bias"].view(-1),
                training,
                BatchNormMomentum,
                BatchNormEpsilon
            );
            if (training)
            {
                using var untracked = no_grad();
                mean.PutInplace(0, who, ownMean.view(count, -1));
                variance.PutInplace(0, who, ownVariance.view(count, -1));
            }
            return output;
        }
    }

    /// <summary>One member's weights and batch statistics, as views in the order of their names.</summary>
    public IEnumerable<Tensor> Of(int member) =>
        weights
            .Concat(statistics)
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => pair.Value.select(0, member));

    /// <summary>Gives one member's weights and batch statistics to a network of its own.</summary>
    public void CopyTo(int member, ResNet8 network)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        foreach (var (name, value) in network.named_parameters())
            value.copy_(weights[name].select(0, member));
        foreach (var (name, value) in network.named_buffers())
            if (statistics.TryGetValue(name, out var all))
                value.copy_(all.select(0, member));
    }

    public void Dispose()
    {
        foreach (var tensor in weights.Values.Concat(statistics.Values))
            tensor.Dispose();
    }
}
