using RobustInference.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Networks;

/// <summary>What each client's row is worth: softmax(W_i log(p + 10⁻⁴) + b_i), with weights and biases of its own for
/// every client i. It reads "what is the label, if this client says so", and makes rows of clients that know different
/// classes alike.</summary>
/// <remarks>Known as Dirichlet calibration (Kull et al., 2019): multinomial logistic regression on the logarithms of
/// probabilities. Worked out in float64.</remarks>
public sealed class ClientCalibration : nn.Module
{
    /// <summary>What is added to a probability before its logarithm.</summary>
    public const double Floor = 1e-4;

    // Numbers that are worked out at once, so that they stay within some MB.
    const int AtOnce = 1 << 20;

    readonly Parameter weight,
        bias;

    /// <summary>The calibration that changes next to nothing: W = I, b = 0.</summary>
    /// <param name="clients">n.</param>
    /// <param name="classes">K.</param>
    public ClientCalibration(int clients, int classes)
        : base(nameof(ClientCalibration))
    {
        (Clients, Classes) = (Argument.AtLeast(clients, 1), Argument.AtLeast(classes, 2));
        using var scope = NewDisposeScope();
        weight = new Parameter(eye(classes).unsqueeze(0).repeat(clients, 1, 1));
        bias = new Parameter(zeros(clients, classes));
        RegisterComponents();
        weight.DetachFromDisposeScope();
        bias.DetachFromDisposeScope();
    }

    /// <summary>n.</summary>
    public int Clients { get; }

    /// <summary>K.</summary>
    public int Classes { get; }

    /// <summary>[n, K, K]: W_i, an output a row.</summary>
    public Parameter Weight => weight;

    /// <summary>[n, K]: b_i.</summary>
    public Parameter Bias => bias;

    /// <summary>What the weights read: log(p + 10⁻⁴).</summary>
    /// <param name="rows">[…, K], probabilities.</param>
    /// <returns>[…, K] float64.</returns>
    public static Tensor Features(Tensor rows)
    {
        using var scope = NewDisposeScope();
        return (rows.to(ScalarType.Float64).AtLeast(0) + Floor).log().MoveToOuterDisposeScope();
    }

    /// <summary>The calibrated rows; differentiable.</summary>
    /// <param name="rows">[B, m, K], on the simplex.</param>
    /// <param name="clients">[m] int64, who sends them; null for all n in their order.</param>
    /// <returns>[B, m, K] on the simplex, in the type of <paramref name="rows"/>.</returns>
    public Tensor Of(Tensor rows, Tensor? clients = null)
    {
        using var scope = NewDisposeScope();
        Tensor turned = weight.to(ScalarType.Float64).transpose(1, 2),
            shift = bias.to(ScalarType.Float64).unsqueeze(1);
        if (clients is not null)
            (turned, shift) = (turned.Take(0, clients), shift.Take(0, clients));
        long samples = rows.shape[0],
            most = Math.Max(1, AtOnce / Math.Max(1, rows.shape[1] * rows.shape[2]));
        var parts = new List<Tensor>();
        for (long from = 0; from < samples || from == 0; from += most)
        {
            using var part = NewDisposeScope();
            var some = rows.narrow(0, from, Math.Min(most, samples - from));
            var logits = Features(some).transpose(0, 1).bmm(turned) + shift;
            parts.Add(logits.softmax(-1).transpose(0, 1).to(rows.dtype).contiguous().MoveToOuterDisposeScope());
        }
        return (parts is [var all] ? all : cat(parts)).MoveToOuterDisposeScope();
    }

    /// <summary>A calibration with equal weights.</summary>
    /// <param name="device">Where they lie; default: on the processor.</param>
    public ClientCalibration Copy(Device? device = null)
    {
        var copy = new ClientCalibration(Clients, Classes).to(device ?? CPU);
        copy.load_state_dict(state_dict());
        return copy;
    }
}
