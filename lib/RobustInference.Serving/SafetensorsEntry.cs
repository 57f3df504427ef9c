namespace RobustInference.Serving;

/// <summary>A tensor in the header of a <c>.safetensors</c> file.</summary>
/// <param name="Name">Unique in the file, without control characters.</param>
/// <param name="Type">As the format writes it, such as <c>F32</c>.</param>
/// <param name="Shape">Lengths of the axes.</param>
/// <param name="From">First byte, from the start of the numbers.</param>
/// <param name="To">The byte after the last.</param>
sealed record SafetensorsEntry(string Name, string Type, long[] Shape, long From, long To);
