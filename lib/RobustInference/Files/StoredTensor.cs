using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Files;

/// <summary>A tensor of a checkpoint: what it is, and where its numbers are. Nothing of it is in memory.</summary>
/// <param name="Name">Unique in the checkpoint, without control characters.</param>
/// <param name="Type">Of the numbers in the file.</param>
/// <param name="Shape">Lengths of the axes.</param>
/// <param name="Strides">How many numbers further the next of each axis is, none negative.</param>
/// <param name="Open">The file from the first number on.</param>
public sealed record StoredTensor(string Name, ScalarType Type, long[] Shape, long[] Strides, Func<Stream> Open)
{
    /// <summary>The shape as it is written in messages, such as <c>(768, 3072)</c>.</summary>
    public string ShapeText => $"({string.Join(", ", Shape)})";

    /// <summary>Whether the numbers are floats.</summary>
    public bool IsFloat =>
        Type is ScalarType.Float64 or ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16;

    /// <summary>Numbers from the first to the last in the file; 0 where an axis is empty.</summary>
    /// <exception cref="OverflowException">More than 64 bits can count.</exception>
    public long Reach =>
        Shape.Contains(0) ? 0 : checked(1 + Shape.Zip(Strides, (length, stride) => (length - 1) * stride).Sum());

    /// <summary>The strides of numbers in row-major order without gaps.</summary>
    public static long[] RowMajor(long[] shape)
    {
        var strides = new long[shape.Length];
        long step = 1;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = step;
            step *= Math.Max(shape[axis], 1);
        }
        return strides;
    }

    /// <summary>Fills <paramref name="target"/>, converting where its type differs. Beside it, at most this tensor's
    /// own bytes are held.</summary>
    /// <param name="target">Any device and type; not tracked.</param>
    /// <exception cref="ArgumentException">Another shape.</exception>
    /// <exception cref="InvalidDataException">The file ends too early.</exception>
    public void CopyTo(Tensor target)
    {
        if (!target.shape.SequenceEqual(Shape))
            throw new ArgumentException(
                $"{Name} has the shape {ShapeText}, the target ({string.Join(", ", target.shape)})"
            );
        if (Shape.Contains(0))
            return;
        // torch's memory is seen through a span, and that ends there.
        if (Reach > int.MaxValue / Type.ElementSize())
            throw new InvalidDataException("is larger than 2 GB");
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        if (
            target.dtype == Type
            && target.device_type == DeviceType.CPU
            && target.is_contiguous()
            && Strides.SequenceEqual(RowMajor(Shape))
        )
            Fill(target);
        else
        {
            var numbers = empty(Reach, dtype: Type);
            Fill(numbers);
            target.copy_(numbers.as_strided(Shape, Strides));
        }
    }

    void Fill(Tensor numbers)
    {
        try
        {
            using var stream = Open();
            stream.ReadExactly(numbers.bytes);
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException("is truncated");
        }
    }
}
