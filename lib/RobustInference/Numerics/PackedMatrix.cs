using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Numerics;

/// <summary>A linear layer laid out for <see cref="LaneProduct"/>: outputs in tiles of four, and of each tile the four
/// weights of an input side by side. The last tile is filled up with zeros.</summary>
public sealed unsafe class PackedMatrix : IDisposable
{
    /// <summary>Outputs in a tile.</summary>
    public const int Tile = 4;

    readonly AlignedFloats numbers;

    /// <param name="weight">[outputs, inputs], float32 on the processor.</param>
    /// <param name="bias">[outputs]; default: zeros.</param>
    public PackedMatrix(Tensor weight, Tensor? bias = null)
    {
        (Outputs, Inputs) = ((int)weight.shape[0], (int)weight.shape[1]);
        Padded = Pad(Outputs);
        numbers = new AlignedFloats(Padded * (Inputs + 1));
        using var whole = weight.detach().contiguous();
        var values = whole.Floats();
        for (int o = 0; o < Outputs; o++)
        for (int i = 0; i < Inputs; i++)
            Weights[(o / Tile * Inputs + i) * Tile + o % Tile] = values[o * Inputs + i];
        if (bias is null)
            return;
        using var shifts = bias.detach().contiguous();
        shifts.Floats().CopyTo(new Span<float>(Bias, Outputs));
    }

    /// <summary>Columns of the weight.</summary>
    public int Inputs { get; }

    /// <summary>Rows of the weight.</summary>
    public int Outputs { get; }

    /// <summary>Outputs with those that fill up the last tile.</summary>
    public int Padded { get; }

    /// <summary>[tiles][inputs][4].</summary>
    public float* Weights => numbers.First;

    /// <summary>[tiles][4].</summary>
    public float* Bias => numbers.First + Padded * Inputs;

    /// <summary>The next multiple of <see cref="Tile"/>.</summary>
    public static int Pad(int outputs) => (outputs + Tile - 1) / Tile * Tile;

    public void Dispose() => numbers.Dispose();
}
