namespace RobustInference.Inputs.Checks;

/// <summary>A client that is no better than guessing: its classes may be in another order.</summary>
public sealed class ClientAtChance : IInputCheck
{
    const int Least = 100;

    public string Name => "client at chance";

    public IEnumerable<Finding> Examine(InputFacts input)
    {
        int samples = input.Test.Samples;
        if (samples < Least)
            yield break;
        double chance = 1.0 / input.Classes,
            slack = 1.96 * Math.Sqrt(chance * (1 - chance) / samples);
        for (int c = 0; c < input.Clients; c++)
        {
            double accuracy = (double)input.Test.Right[c] / samples;
            if (accuracy <= chance + slack)
                yield return new(
                    Name,
                    $"client {input.Names.ClientWithNumber(c)}",
                    string.Create(
                        System.Globalization.CultureInfo.InvariantCulture,
                        $"is right on {100 * accuracy:0.0} % of the test samples, no better than guessing "
                            + $"({100 * chance:0.0} %)"
                    ),
                    "check the order of its classes and samples, or leave it out"
                );
        }
    }
}
