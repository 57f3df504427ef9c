namespace RobustInference.Evaluation;

/// <summary>One attack of a sequence, run on what the attacks before it left.</summary>
/// <param name="Attack">Its name.</param>
/// <param name="Standing">Samples that it was tried on.</param>
/// <param name="Broken">How many of them it broke.</param>
public readonly record struct AttackStage(string Attack, int Standing, int Broken);
