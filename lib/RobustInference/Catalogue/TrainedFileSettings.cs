namespace RobustInference.Catalogue;

/// <summary>Which trained rule a file holds.</summary>
/// <param name="Sha256">Of the file, hexadecimal.</param>
/// <param name="Rule">The rule's own name.</param>
public sealed record TrainedFileSettings(string Sha256, string Rule);
