using RobustInference.Training;

namespace RobustInference.Running;

/// <summary>Where one rule stands between clean and robust accuracy.</summary>
/// <param name="Rule">Its name.</param>
/// <param name="Recipe">How it was trained; null for a static rule.</param>
/// <param name="Splits">Over how many splits of the validation data into training and held-out part.</param>
/// <param name="HeldOut">Mean over the splits, on the held-out parts; recipes are chosen by these.</param>
/// <param name="Seconds">To train one network of the recipe on the machine that measured it, mean over the splits; 0
/// for a static rule.</param>
public sealed record AdversarialPoint(
    string Rule,
    DeepSetRecipe? Recipe,
    int Splits,
    AdversarialFigures HeldOut,
    double Seconds
);
