using static TorchSharp.torch;

namespace RobustInference.Files;

/// <summary>A run of numbers in a torch file, which several tensors may share.</summary>
/// <param name="Type">Of each number.</param>
/// <param name="Key">The name of its entry in the archive.</param>
/// <param name="Count">How many, as the pickle has it.</param>
sealed record PickledStorage(ScalarType Type, string Key, long Count);
