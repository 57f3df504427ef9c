using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>Rows that give one class all the probability.</summary>
public static class OneHot
{
    /// <summary>One-hot rows.</summary>
    /// <param name="classes">Class indices, any shape, int64.</param>
    /// <param name="count">K.</param>
    /// <returns>The shape of <paramref name="classes"/> with an axis of K behind, float32.</returns>
    public static Tensor Rows(Tensor classes, int count) =>
        nn.functional.one_hot(classes, count).to(ScalarType.Float32);

    /// <summary>All m corrupted clients of a sample send the same class.</summary>
    /// <param name="classes">[S].</param>
    /// <param name="corrupted">m.</param>
    /// <param name="count">K.</param>
    /// <returns>[S, m, K].</returns>
    public static Tensor Agreed(Tensor classes, int corrupted, int count)
    {
        using var scope = NewDisposeScope();
        return Rows(classes, count).unsqueeze(1).expand(-1, corrupted, -1).contiguous().MoveToOuterDisposeScope();
    }
}
