namespace RobustInference.Catalogue;

/// <summary>What an attack, or a certificate in its place, came to.</summary>
/// <param name="Correct">Per sample, whether the rule is right.</param>
/// <param name="Flags">Reasons to distrust the figure, a sentence each; null where there are none.</param>
public readonly record struct AttackOutcome(bool[] Correct, IReadOnlyList<string>? Flags = null);
