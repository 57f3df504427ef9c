using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Networks;

/// <summary><see cref="DeepSetNetwork.HiddenOf"/> on the processor, some rows at a time while they are in the
/// cache.</summary>
/// <typeparam name="T">The vector.</typeparam>
sealed unsafe class HiddenRows<T> : IDisposable
    where T : struct, IFloatLanes<T>
{
    /// <summary>Samples whose rows are worked out together: four, so that rows are a multiple of four.</summary>
    public const int Samples = 4;

    readonly RowMatrix<T> layer;

    /// <param name="network">float32 on the processor.</param>
    public HiddenRows(DeepSetNetwork network)
    {
        using var transposed = network.RhoIn.weight!.detach().t();
        layer = new(transposed, network.RhoIn.bias);
    }

    /// <summary>K.</summary>
    public int Classes => layer.Inputs;

    /// <summary>Floats from one row of hidden units to the next; those that fill up a row are 0.</summary>
    public int Stride => RowProduct.Pad(layer.Outputs);

    /// <summary>hidden ← max(0, rows · weightsᵀ + bias).</summary>
    /// <param name="rows">[count, K].</param>
    /// <param name="count">How many.</param>
    /// <param name="hidden">[count][stride].</param>
    public void Of(float* rows, int count, float* hidden)
    {
        RowProduct.Multiply(layer, rows, layer.Inputs, count, hidden, Stride);
        Lanes.ReluInplace(new Span<float>(hidden, count * Stride));
    }

    /// <summary>The sum of hidden units over those rows of a sample that count.</summary>
    /// <param name="answers">[B, n, K], contiguous float32 on the processor.</param>
    /// <param name="counts">B·n: whether a row counts.</param>
    /// <returns>[B, h].</returns>
    public Tensor Sums(Tensor answers, ReadOnlySpan<bool> counts)
    {
        int samples = (int)answers.shape[0],
            clients = (int)answers.shape[1],
            width = layer.Outputs;
        var result = zeros(samples, width);
        using var hidden = new AlignedFloats(Samples * clients * Stride);
        var sums = result.Floats();
        fixed (float* rows = answers.Floats())
            for (int from = 0; from < samples; from += Samples)
            {
                int some = Math.Min(Samples, samples - from);
                Of(rows + from * clients * layer.Inputs, some * clients, hidden.First);
                for (int r = 0; r < some * clients; r++)
                    if (counts[from * clients + r])
                        Lanes.AddInplace(
                            sums.Slice((from + r / clients) * width, width),
                            new Span<float>(hidden.First + r * Stride, width)
                        );
            }
        return result;
    }

    public void Dispose() => layer.Dispose();
}
