using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Numerics;

/// <summary>A matrix laid out for <see cref="RowProduct"/>: panels of up to three vectors of columns, each with its
/// inputs one after the other. The last vector is filled up with zeros.</summary>
/// <typeparam name="T">The vector.</typeparam>
public sealed unsafe class RowMatrix<T> : IDisposable
    where T : struct, IFloatLanes<T>
{
    readonly AlignedFloats numbers;

    /// <param name="values">[inputs, outputs], float32 on the processor.</param>
    /// <param name="bias">[outputs], what every product begins with; default: zeros.</param>
    /// <param name="panel">Vectors in a panel, 1 to 3: three for <see cref="RowProduct.Multiply"/>; with two, one of a
    /// few hundred inputs stays in the fastest cache.</param>
    public RowMatrix(Tensor values, Tensor? bias = null, int panel = 3)
    {
        (Inputs, Outputs, Panel) = ((int)values.shape[0], (int)values.shape[1], panel);
        Vectors = RowProduct.Pad(Outputs) / T.Count;
        numbers = new AlignedFloats((Inputs + 1) * RowProduct.Pad(Outputs));
        using var whole = values.detach().contiguous();
        var rows = whole.Floats();
        for (int vector = 0; vector < Vectors; vector += Panel)
        {
            int from = vector * T.Count,
                width = Math.Min(Panel, Vectors - vector) * T.Count,
                used = Math.Min(width, Outputs - from);
            for (int i = 0; i < Inputs; i++)
                if (used > 0)
                    rows.Slice(i * Outputs + from, used)
                        .CopyTo(new Span<float>(First + from * Inputs + i * width, used));
        }
        if (bias is null)
            return;
        using var shifts = bias.detach().contiguous();
        shifts.Floats().CopyTo(new Span<float>(Bias, Outputs));
    }

    /// <summary>Rows of the matrix.</summary>
    public int Inputs { get; }

    /// <summary>Columns of the matrix.</summary>
    public int Outputs { get; }

    /// <summary>Vectors in a panel; the last panel may have fewer.</summary>
    public int Panel { get; }

    /// <summary>Vectors that a row fills.</summary>
    public int Vectors { get; }

    /// <summary>[panels][inputs][up to three vectors]: the panel from column c on begins at c · inputs.</summary>
    public float* First => numbers.First;

    /// <summary>[outputs], filled up with zeros.</summary>
    public float* Bias => First + Inputs * Vectors * T.Count;

    public void Dispose() => numbers.Dispose();
}
