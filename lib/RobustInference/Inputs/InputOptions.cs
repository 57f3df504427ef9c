namespace RobustInference.Inputs;

/// <summary>What a user says of files of answers. Whatever is null is guessed where it is clear, and asked for where it
/// is not.</summary>
public sealed record InputOptions
{
    /// <summary>Nothing is said.</summary>
    public static InputOptions None { get; } = new();

    /// <summary>The array, tensor or kind of column that holds the answers.</summary>
    public string? Probits { get; init; }

    /// <summary>The array, tensor or column that holds the labels, or a file of its own.</summary>
    public string? Labels { get; init; }

    /// <summary>The order of the axes, such as <c>clients,samples,classes</c>.</summary>
    public string? Axes { get; init; }

    /// <summary>The answers are logits, whatever they look like.</summary>
    public bool Logits { get; init; }

    /// <summary>0 or 1: which number the first class has in labels and votes.</summary>
    public int? LabelsFrom { get; init; }

    /// <summary>A further input, read in the same way, whose answers are the validation data.</summary>
    public string? Validation { get; init; }

    /// <summary>Share of the samples of each class that become validation data, 0…1; null leaves the parts as they
    /// are.</summary>
    public double? Split { get; init; }

    /// <summary>Random seed of the split.</summary>
    public long SplitSeed { get; init; }

    /// <summary>Whether a suspicious finding ends the work.</summary>
    public bool Strict { get; init; }
}
