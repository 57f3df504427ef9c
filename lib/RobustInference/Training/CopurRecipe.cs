namespace RobustInference.Training;

/// <summary>Everything that decides what COPUR's auto-encoder and server become.</summary>
/// <param name="Seed">Of initial weights and order.</param>
/// <param name="Hidden">h of the auto-encoder: 200 in the paper, 2000 for CIFAR-100.</param>
/// <param name="Encoding">e of the auto-encoder: 120 in the paper, 800 for CIFAR-100.</param>
/// <param name="Server">s of the server's model: 256 in the paper.</param>
/// <param name="AutoEncoderPasses">Passes of the auto-encoder over the training part of the validation data.</param>
/// <param name="ServerPasses">Passes of the server's model over what the auto-encoder makes of it.</param>
/// <param name="AutoEncoderRate">Of Adam.</param>
/// <param name="ServerRate">Of Adam.</param>
/// <param name="BatchSize">Samples a step.</param>
/// <param name="HeldOut">Share of the validation data that is kept for choosing the passes.</param>
public sealed record CopurRecipe(
    long Seed = 0,
    int Hidden = 200,
    int Encoding = 120,
    int Server = 256,
    int AutoEncoderPasses = 50,
    int ServerPasses = 40,
    double AutoEncoderRate = 5e-4,
    double ServerRate = 1e-3,
    int BatchSize = 64,
    double HeldOut = 0.2
);
