using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Numerics;

/// <summary>Operators that torch's device <c>meta</c> has in Python alone: torch's own everywhere else, and there
/// others of the same shape and the same flow of gradients. So tests can prove on <c>meta</c> that loops read nothing
/// back.</summary>
static class EveryDevice
{
    /// <summary>index_select.</summary>
    public static Tensor Take(this Tensor values, long axis, Tensor index)
    {
        if (!values.IsMeta())
            return values.index_select(axis, index);
        long[] shape = values.shape,
            along = [.. shape.Select(_ => 1L)];
        shape[axis] = along[axis] = index.shape[0];
        return values.gather(axis, index.view(along).expand(shape));
    }

    /// <summary>index_copy.</summary>
    public static Tensor Put(this Tensor values, long axis, Tensor index, Tensor source)
    {
        if (!values.IsMeta())
            return values.index_copy(axis, index, source);
        return values.scatter(axis, Along(index, axis, source.shape), source);
    }

    /// <summary>index_copy_.</summary>
    public static void PutInplace(this Tensor values, long axis, Tensor index, Tensor source)
    {
        if (values.IsMeta())
            values.scatter_(axis, Along(index, axis, source.shape), source);
        else
            values.index_copy_(axis, index, source);
    }

    /// <summary>index_add_ along the first axis.</summary>
    public static void AddInplace(this Tensor values, Tensor index, Tensor source, double factor)
    {
        if (values.IsMeta())
            values.scatter_add_(0, Along(index, 0, source.shape), source * factor);
        else
            values.index_add_(0, index, source, factor);
    }

    /// <summary>conv2d without a bias, in groups.</summary>
    /// <param name="values">[B, g·c, H, W].</param>
    /// <param name="weight">[g·d, c, kernel, kernel].</param>
    /// <param name="stride">Of both axes.</param>
    /// <param name="padding">Of zeros on all four sides.</param>
    /// <param name="groups">g.</param>
    /// <returns>[B, g·d, H', W'].</returns>
    public static Tensor Convolve(Tensor values, Tensor weight, int stride, int padding, long groups)
    {
        if (!values.IsMeta())
            return nn.functional.conv2d(
                values,
                weight,
                strides: [stride, stride],
                padding: [padding, padding],
                groups: groups
            );
        long samples = values.shape[0],
            own = values.shape[1] / groups,
            kernel = weight.shape[2],
            height = (values.shape[2] + 2 * padding - kernel) / stride + 1,
            width = (values.shape[3] + 2 * padding - kernel) / stride + 1;
        var padded = nn.functional.pad(values, [padding, padding, padding, padding]);
        var weights = weight.view(groups, -1, own, kernel, kernel);
        // A product for each place of the kernel.
        Tensor? sum = null;
        for (long down = 0; down < kernel; down++)
        for (long right = 0; right < kernel; right++)
        {
            var seen = padded
                .slice(2, down, down + stride * (height - 1) + 1, stride)
                .slice(3, right, right + stride * (width - 1) + 1, stride)
                .reshape(samples, groups, own, -1)
                .permute(1, 2, 0, 3)
                .reshape(groups, own, -1);
            var part = weights.select(4, right).select(3, down).bmm(seen);
            sum = sum is null ? part : sum + part;
        }
        return sum!
            .view(groups, -1, samples, height * width)
            .permute(2, 0, 1, 3)
            .reshape(samples, weight.shape[0], height, width);
    }

    /// <summary>batch_norm of images; in training the running mean and variance follow.</summary>
    /// <param name="values">[B, C, H, W].</param>
    /// <param name="mean">[C], the running mean.</param>
    /// <param name="variance">[C], the running variance.</param>
    /// <param name="weight">[C].</param>
    /// <param name="bias">[C].</param>
    /// <param name="training">Whether it goes by the batch.</param>
    /// <param name="momentum">By how much the running ones follow the batch.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static Tensor BatchNorm(
        Tensor values,
        Tensor mean,
        Tensor variance,
        Tensor weight,
        Tensor bias,
        bool training,
        double momentum,
        double epsilon
    )
    {
        if (!values.IsMeta())
            return nn.functional.batch_norm(values, mean, variance, weight, bias, training, momentum, epsilon);
        Tensor centre = mean,
            spread = variance;
        if (training)
        {
            long count = values.numel() / values.shape[1];
            centre = values.mean([0L, 2L, 3L]);
            spread = (values - OfChannels(centre)).square().mean([0L, 2L, 3L]);
            using var untracked = no_grad();
            mean.mul_(1 - momentum).add_(centre.detach() * momentum);
            variance.mul_(1 - momentum).add_(spread.detach() * (momentum * count / Math.Max(1, count - 1)));
        }
        return (values - OfChannels(centre)) * OfChannels((spread + epsilon).rsqrt() * weight) + OfChannels(bias);

        static Tensor OfChannels(Tensor numbers) => numbers.view(1, -1, 1, 1);
    }

    /// <summary>where.</summary>
    public static Tensor Where(Tensor condition, Tensor yes, Tensor no)
    {
        if (!yes.IsMeta())
            return where(condition, yes, no);
        long[] shape = (condition.to(yes.dtype) + yes + no).shape;
        return stack([no.expand(shape), yes.expand(shape)], -1)
            .gather(-1, condition.expand(shape).unsqueeze(-1).to(ScalarType.Int64))
            .squeeze(-1);
    }

    /// <summary>relu.</summary>
    public static Tensor Relu(Tensor values) =>
        values.IsMeta() ? nn.functional.threshold(values, 0, 0) : nn.functional.relu(values);

    /// <summary>logsumexp of the last axis, less the score at the label: the cross-entropy of every row.</summary>
    /// <param name="scores">[…, K].</param>
    /// <param name="label">[…, 1] int64.</param>
    public static Tensor CrossEntropy(Tensor scores, Tensor label) =>
        scores.IsOnHost()
            ? scores.logsumexp(-1) - scores.gather(-1, label).squeeze(-1)
            : scores.log_softmax(-1).gather(-1, label).squeeze(-1).neg_();

    /// <summary>clamp_min.</summary>
    public static Tensor AtLeast(this Tensor values, double least) =>
        values.IsMeta() ? nn.functional.threshold(values, least, least) : values.clamp_min(least);

    /// <summary>clamp.</summary>
    public static Tensor Within(this Tensor values, double least, double most) =>
        values.IsMeta() ? values.AtLeast(least).neg().AtLeast(-most).neg() : values.clamp(least, most);

    /// <summary>relu_.</summary>
    public static Tensor ReluInplace(this Tensor values) => values.IsMeta() ? values.clamp_min_(0) : values.relu_();

    /// <summary>abs.</summary>
    public static Tensor Size(this Tensor values) => values.IsMeta() ? values * values.sign() : values.abs();

    /// <summary>An index of one axis as scatter takes it.</summary>
    static Tensor Along(Tensor index, long axis, long[] shape)
    {
        long[] along = [.. shape.Select(_ => 1L)];
        along[axis] = index.shape[0];
        return index.view(along).expand(shape);
    }

    static bool IsMeta(this Tensor tensor) => tensor.device_type == DeviceType.META;
}
