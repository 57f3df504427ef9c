namespace RobustInference.Inputs.Checks;

/// <summary>Masked or saturated answers: a class has all the probability, to the last digit.</summary>
public sealed class SaturatedAnswers : IInputCheck
{
    const double Suspicious = 0.2;

    public string Name => "saturated answers";

    public IEnumerable<Finding> Examine(InputFacts input)
    {
        if (input.HasVotes)
            yield break;
        double saturated = input.Test.SaturatedRows,
            masked = input.Test.MaskedRows,
            rows = (double)input.Test.Samples * input.Clients;
        if (masked > 0)
            yield return new(
                Name,
                "test answers",
                FormattableString.Invariant($"{100 * masked / rows:0.0} % of the rows hold logits beyond ")
                    + FormattableString.Invariant($"±{AnswerScan.MaskedLogit:0}, as masks leave them"),
                "export the logits before masking"
            );
        else if (saturated / rows > Suspicious)
            yield return new(
                Name,
                "test answers",
                FormattableString.Invariant(
                    $"{100 * saturated / rows:F0} % of the rows give one class a probability of exactly 1"
                ),
                "export logits or probabilities, not decisions; or calibrate the clients"
            );
    }
}
