using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>A rule that knows its clients and first turns each one's row, by itself, into K numbers: what that client
/// says for each class. Only then do clients meet.</summary>
public interface IClientVotes
{
    /// <summary>n.</summary>
    int Clients { get; }

    /// <summary>K.</summary>
    int Classes { get; }

    /// <summary>What rows say; differentiable.</summary>
    /// <param name="rows">[B, m, K], on the simplex.</param>
    /// <param name="clients">[m] int64, who sends them; null for all n in their order.</param>
    /// <returns>[B, m, K], not negative, with sums of at most 1.</returns>
    Tensor Votes(Tensor rows, Tensor? clients = null);

    /// <summary>What each class has before anybody says anything.</summary>
    /// <returns>[K] float64.</returns>
    Tensor Bias();
}
