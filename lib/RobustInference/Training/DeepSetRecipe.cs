using System.Text.Json.Serialization;

namespace RobustInference.Training;

/// <summary>Everything that decides what a DeepSet becomes.</summary>
/// <param name="Corrupted">f, the most corrupted clients in training and the trim of DeepSet-TM.</param>
/// <param name="Seed">Random seed.</param>
/// <param name="Hidden">h: 128 in the paper, 224 for CIFAR-100.</param>
/// <param name="Passes">Passes over the training part of the validation data.</param>
/// <param name="Steps">Sign-gradient steps of the inner attack.</param>
/// <param name="LearningRate">Of Adam, annealed to 0 by a cosine over all steps.</param>
/// <param name="BatchSize">Samples a step.</param>
/// <param name="HeldOut">Share of the validation data that is kept for choosing the pass.</param>
/// <param name="Adversarial">False: uncorrupted rows, the baseline "not adversarially trained".</param>
/// <param name="Inner">What the corrupted clients send in training. The paper's choice is left out of
/// <see cref="DeepSetCache"/>'s key: networks that were trained before there was another stay valid.</param>
public sealed record DeepSetRecipe(
    int Corrupted,
    long Seed = 0,
    int Hidden = 128,
    int Passes = 60,
    int Steps = 50,
    double LearningRate = 1e-3,
    int BatchSize = 256,
    double HeldOut = 0.2,
    bool Adversarial = true,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        InnerAttack Inner = InnerAttack.ProjectedGradient
);
