using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Numerics;

/// <summary>The memory of a tensor as a span, for loops that torch's operators are slow at.</summary>
public static class TensorMemory
{
    /// <summary>Whether <see cref="Floats"/> takes the tensor.</summary>
    public static bool IsFloatsOnCpu(this Tensor tensor) =>
        tensor.dtype == ScalarType.Float32 && tensor.IsOnHost() && tensor.is_contiguous();

    /// <summary>Whether the tensor lies in the memory of the processor.</summary>
    public static bool IsOnHost(this Tensor tensor) => tensor.device_type == DeviceType.CPU;

    /// <summary>The numbers in row-major order; writing to the span writes to the tensor, which must stay
    /// alive.</summary>
    /// <exception cref="ArgumentException">Not contiguous float32 on the CPU.</exception>
    public static Span<float> Floats(this Tensor tensor) =>
        tensor.IsFloatsOnCpu()
            ? MemoryMarshal.Cast<byte, float>(tensor.bytes)
            : throw new ArgumentException(
                $"wanted contiguous float32 on the CPU, got {tensor.dtype} on {tensor.device_type}"
            );

    /// <summary>The numbers of an int64 tensor on the CPU, which must stay alive: its memory where it is contiguous,
    /// else a copy.</summary>
    /// <exception cref="ArgumentException">Not int64.</exception>
    public static ReadOnlySpan<long> IntegersOnCpu(this Tensor tensor) =>
        tensor.dtype != ScalarType.Int64 ? throw new ArgumentException($"wanted int64, got {tensor.dtype}")
        : tensor.IsOnHost() && tensor.is_contiguous() ? MemoryMarshal.Cast<byte, long>(tensor.bytes)
        : tensor.Integers();

    /// <summary>The numbers of an int64 tensor, copied, wherever it lies.</summary>
    public static long[] Integers(this Tensor tensor)
    {
        if (tensor.IsOnHost())
            return tensor.data<long>().ToArray();
        using var near = tensor.cpu();
        return near.data<long>().ToArray();
    }
}
