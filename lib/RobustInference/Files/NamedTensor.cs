namespace RobustInference.Files;

/// <summary>A float32 tensor of a <c>.safetensors</c> file.</summary>
/// <param name="Shape">Lengths of the axes.</param>
/// <param name="Values">Row-major.</param>
public sealed record NamedTensor(long[] Shape, float[] Values);
