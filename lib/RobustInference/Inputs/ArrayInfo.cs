using RobustInference.Files;

namespace RobustInference.Inputs;

/// <summary>What is known of an array before its numbers are read.</summary>
/// <param name="Name">As its file has it.</param>
/// <param name="Kind">As in <see cref="NumpyArray.Kind"/>.</param>
/// <param name="ItemBytes">Bytes of one number.</param>
/// <param name="Shape">Lengths of the axes.</param>
/// <param name="Fault">What is wrong with it; null where it can be read.</param>
public sealed record ArrayInfo(string Name, char Kind, int ItemBytes, long[] Shape, string? Fault = null)
{
    /// <summary>Whether it holds floats.</summary>
    public bool IsFloat => Kind == 'f';

    /// <summary>Whether it holds text.</summary>
    public bool IsText => Kind is 'U' or 'S';

    /// <summary>Such as <c>logits float16 (10000, 17, 10)</c>.</summary>
    public override string ToString() =>
        Fault is null
            ? $"{Name} {NumpyHeader.NameOf(Kind, ItemBytes)} ({string.Join(", ", Shape)})"
            : $"{Name} ({Fault})";
}
