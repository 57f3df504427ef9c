using RobustInference.Probits;

namespace RobustInference.Catalogue;

/// <summary>Settings of the strong suite and of certificates.</summary>
/// <param name="Adversary">Whether the corrupted clients are the drawn set, or any f that the adversary picks for each
/// sample.</param>
public sealed record AdversarySettings(Adversary Adversary = Adversary.Fixed);
