using System.Text.Json.Serialization;

namespace RobustInference.Training;

/// <summary>Everything that decides what an ensemble's clients become.</summary>
/// <remarks>Stored as JSON beside finished clients and compared by its bytes. What ResNet-8 has no use for is left out
/// there, so that folders older than the other models are known again.</remarks>
/// <param name="Dataset">Name of the data set.</param>
/// <param name="Alpha">Concentration α of the Dirichlet partition: smaller is more heterogeneous.</param>
/// <param name="Clients">n.</param>
/// <param name="Seed">Of partition, initial weights, order, augmentation and dropout.</param>
/// <param name="Width">w of <see cref="Clients.ResNet8"/> (the paper has 128), or the length of an embedding.</param>
/// <param name="Epochs">Passes of every client over its own samples.</param>
/// <param name="BatchSize">Samples a step.</param>
/// <param name="LearningRate">Annealed by a cosine over all steps; see <see cref="LearningRateSchedule"/>.</param>
/// <param name="Momentum">Of SGD with Nesterov momentum, 0 for plain SGD; β₁ of AdamW.</param>
/// <param name="WeightDecay">On every parameter.</param>
public sealed record ClientRecipe(
    string Dataset,
    double Alpha,
    int Clients,
    long Seed,
    int Width = 32,
    int Epochs = 25,
    int BatchSize = 64,
    double LearningRate = 0.1,
    double Momentum = 0.9,
    double WeightDecay = 5e-4
)
{
    /// <summary>The network.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ClientModel Model { get; init; }

    /// <summary>What takes the steps.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ClientOptimiser Optimiser { get; init; }

    /// <summary>Where the cosine ends.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double FinalLearningRate { get; init; }

    /// <summary>Share of the steps over which the learning rate rises from 0, in [0, 1).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double WarmUp { get; init; }

    /// <summary>Layers of a transformer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Layers { get; init; }

    /// <summary>Attention heads of a transformer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Heads { get; init; }

    /// <summary>Probability that dropout zeroes a number, in [0, 1).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Dropout { get; init; }

    /// <summary>Longest text in tokens, first and last marker included; what is longer is cut.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int MaxLength { get; init; }

    /// <summary>Tokens of the vocabulary, at most, where it is made from the training texts.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Vocabulary { get; init; }

    /// <summary>Augmented copies of every validation image that the clients answer too.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Views { get; init; }

    /// <summary><see cref="Clients.Vocabulary.Hash"/> where the vocabulary was read from a file.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? VocabularyFile { get; init; }

    /// <summary>SHA-256 of the checkpoint that every client starts from.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Weights { get; init; }
}
