namespace RobustInference.Serving;

/// <summary>A linear layer, x → Wx + b.</summary>
/// <param name="Inputs">Length of x.</param>
/// <param name="Outputs">Length of the result.</param>
/// <param name="Weights">W, row by row: an output each.</param>
/// <param name="Bias">b.</param>
internal sealed record Layer(int Inputs, int Outputs, double[] Weights, double[] Bias)
{
    /// <summary>The weights of one output.</summary>
    public ReadOnlySpan<double> Row(int output) => Weights.AsSpan(output * Inputs, Inputs);

    /// <summary>Wx + b.</summary>
    public void Apply(ReadOnlySpan<double> x, Span<double> result)
    {
        for (int i = 0; i < Outputs; i++)
            result[i] = Dot.Of(Row(i), x) + Bias[i];
    }

    /// <summary>max(0, Wx + b).</summary>
    public void ApplyRelu(ReadOnlySpan<double> x, Span<double> result)
    {
        for (int i = 0; i < Outputs; i++)
            result[i] = Math.Max(0, Dot.Of(Row(i), x) + Bias[i]);
    }
}
