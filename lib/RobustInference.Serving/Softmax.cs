namespace RobustInference.Serving;

/// <summary>Softmax in float64.</summary>
internal static class Softmax
{
    /// <summary>Puts e^x over the sum of all in the place of every x. Finite numbers give shares in 0…1.</summary>
    public static void Inplace(Span<double> logits)
    {
        double greatest = double.NegativeInfinity,
            sum = 0;
        foreach (double logit in logits)
            greatest = Math.Max(greatest, logit);
        for (int k = 0; k < logits.Length; k++)
            sum += logits[k] = Math.Exp(logits[k] - greatest);
        for (int k = 0; k < logits.Length; k++)
            logits[k] /= sum;
    }
}
