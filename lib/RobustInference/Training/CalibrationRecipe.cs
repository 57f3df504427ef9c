namespace RobustInference.Training;

/// <summary>Everything that decides what a <see cref="Networks.ClientCalibration"/> becomes. The defaults were chosen
/// on held-out data: <c>docs/calibrated-clients.md</c> says what was tried.</summary>
/// <param name="Sharpness">What the fitted weights and biases are multiplied by, greater than 0: 1 for the label's
/// probabilities as they are, more for rows that stand out more.</param>
/// <param name="Decay">A client's loss is its mean cross-entropy and decay · K²/S · ‖W − ½ I‖²: the fewer of the S
/// samples there are for each of the K² weights, the nearer W stays to ½ I.</param>
/// <param name="Steps">Steps of Adam on all samples of a client.</param>
/// <param name="LearningRate">Of Adam, annealed to 0 by a cosine.</param>
public sealed record CalibrationRecipe(
    double Sharpness = 3,
    double Decay = 0.1,
    int Steps = 300,
    double LearningRate = 0.03
);
