using RobustInference.Results;

namespace RobustInference.Running;

/// <summary>A recorded cell beside the same cell run anew.</summary>
/// <param name="Recorded">What was recorded.</param>
/// <param name="Now">What this machine finds.</param>
/// <param name="Different">Samples whose outcome differs.</param>
/// <param name="Tolerance">How many may.</param>
public sealed record VerifiedCell(CellResult Recorded, CellResult Now, int Different, int Tolerance)
{
    /// <summary>Whether no more samples differ than may.</summary>
    public bool Holds => Different <= Tolerance;
}
