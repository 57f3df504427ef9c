namespace RobustInference.Training;

/// <summary>Everything that decides what an ensemble's clients become.</summary>
/// <param name="Dataset">Name of the data set.</param>
/// <param name="Alpha">Concentration α of the Dirichlet partition: smaller is more heterogeneous.</param>
/// <param name="Clients">n.</param>
/// <param name="Seed">Of partition, initial weights, order and augmentation.</param>
/// <param name="Width">w of <see cref="Clients.ResNet8"/>; the paper has 128.</param>
/// <param name="Epochs">Passes of every client over its own samples.</param>
/// <param name="BatchSize">Samples a step.</param>
/// <param name="LearningRate">Of SGD with Nesterov momentum, annealed to 0 by a cosine over all steps.</param>
/// <param name="Momentum">Of SGD.</param>
/// <param name="WeightDecay">Of SGD, on every parameter.</param>
public sealed record ClientRecipe(
    string Dataset, double Alpha, int Clients, long Seed, int Width = 32, int Epochs = 25, int BatchSize = 64,
    double LearningRate = 0.1, double Momentum = 0.9, double WeightDecay = 5e-4);
