using RobustInference.Aggregators;
using RobustInference.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tests.RobustInference.Aggregators;

/// <summary>COPUR as PAPER.md's Section 5 has it, in double precision, by autograd and torch's own Adam, one sample
/// after the other: the oracle.</summary>
public sealed record PlainCopur(
    (Tensor Weight, Tensor Bias)[] AutoEncoder,
    (Tensor Weight, Tensor Bias)[] Server,
    int Clients
)
{
    public static PlainCopur Of(CopurNetwork network)
    {
        return new(
            [.. network.AutoEncoderLayers.Select(Double)],
            [.. network.ServerLayers.Select(Double)],
            network.Clients
        );

        static (Tensor, Tensor) Double(Linear layer) =>
            (layer.weight!.detach().to(ScalarType.Float64), layer.bias!.detach().to(ScalarType.Float64));
    }

    public Tensor Reconstruct(Tensor x) =>
        Linear(
            Leaky(Linear(Linear(Leaky(Linear(x, AutoEncoder[0]), 0.8), AutoEncoder[1]), AutoEncoder[2]), 0.8),
            AutoEncoder[3]
        );

    public Tensor Decide(Tensor x) =>
        Linear(Leaky(Linear(Leaky(Linear(x, Server[0]), 0.9), Server[1]), 0.9), Server[2]);

    /// <summary>Manifold projection, [B, n, K] → [B, K].</summary>
    public Tensor Project(Tensor answers) => Decide(Reconstruct(answers.flatten(1)));

    /// <summary>COPUR; the backward pass takes the purification for the identity.</summary>
    public Func<Tensor, Tensor> Scores(int corrupted) =>
        answers =>
        {
            var logits = answers.flatten(1);
            var purified = stack(
                Enumerable.Range(0, (int)answers.shape[0]).Select(s => Purify(logits.detach()[s], 100, 10 * corrupted))
            );
            return Decide(Reconstruct(logits + (purified - logits).detach()));
        };

    /// <summary>L of one sample's H.</summary>
    public Tensor Purify(Tensor given, int first, int second)
    {
        var current = Reconstruct(given).detach();
        Descend(first, x => Lengths(Reconstruct(x) - given).sum());
        Descend(second, x => 100 * Lengths(Reconstruct(x) - x).sum() + Lengths(given - x).sum());
        return current;

        void Descend(int steps, Func<Tensor, Tensor> objective)
        {
            using var tracked = enable_grad();
            var variable = nn.Parameter(current.clone());
            using var adam = optim.Adam([variable], lr: 0.1);
            for (int i = 0; i < steps; i++)
            {
                adam.zero_grad();
                objective(variable).backward();
                adam.step();
            }
            current = variable.detach();
        }
    }

    Tensor Lengths(Tensor rows) => rows.view(Clients, -1).norm(1, p: 2);

    static Tensor Linear(Tensor x, (Tensor Weight, Tensor Bias) layer) => x.matmul(layer.Weight.t()) + layer.Bias;

    static Tensor Leaky(Tensor x, double slope) => where(x > 0, x, slope * x);
}
