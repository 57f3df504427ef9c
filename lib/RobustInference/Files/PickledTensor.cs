namespace RobustInference.Files;

/// <summary>A tensor of a torch file: a view of a storage, inside it.</summary>
/// <param name="Storage">Where its numbers are.</param>
/// <param name="Offset">Numbers before its first.</param>
/// <param name="Shape">Lengths of the axes.</param>
/// <param name="Strides">How many numbers further the next of each axis is.</param>
sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Shape, long[] Strides);
