namespace RobustInference.Inputs.Checks;

/// <summary>With few test samples every interval is wide.</summary>
public sealed class FewSamples : IInputCheck
{
    /// <summary>So many are enough.</summary>
    public const int Enough = 500;

    public string Name => "few samples";

    public IEnumerable<Finding> Examine(InputFacts input)
    {
        int samples = input.Test.Samples;
        if (samples < Enough)
            yield return new(
                Name,
                "test samples",
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"only {samples}, so that an accuracy of 50 % is known to "
                        + $"±{100 * 0.98 / Math.Sqrt(samples):F0} points"
                ),
                $"measure on {Enough} or more"
            );
    }
}
