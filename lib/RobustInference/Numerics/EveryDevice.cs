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
        long[] along = [.. values.shape.Select(_ => 1L)];
        along[axis] = index.shape[0];
        return values.scatter(axis, index.view(along).expand(source.shape), source);
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

    static bool IsMeta(this Tensor tensor) => tensor.device_type == DeviceType.META;
}
