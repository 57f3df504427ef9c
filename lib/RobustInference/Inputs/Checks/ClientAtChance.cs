using RobustInference.Numerics;

namespace RobustInference.Inputs.Checks;

/// <summary>A client that is no better than guessing: its classes may be in another order.</summary>
public sealed class ClientAtChance : IInputCheck
{
    const int Least = 100;

    public string Name => "client at chance";

    public IEnumerable<Finding> Examine(InputEnsemble input)
    {
        var test = input.Archive.Test;
        if (test.Samples < Least)
            yield break;
        long[] labels = test.Labels.Integers();
        using var answers = test.Probits.argmax(2);
        long[] chosen = answers.Integers();
        double chance = 1.0 / test.Classes,
            slack = 1.96 * Math.Sqrt(chance * (1 - chance) / test.Samples);
        for (int c = 0; c < test.Clients; c++)
        {
            int right = 0;
            for (int s = 0; s < labels.Length; s++)
                right += chosen[s * test.Clients + c] == labels[s] ? 1 : 0;
            double accuracy = (double)right / labels.Length;
            if (accuracy <= chance + slack)
                yield return new(
                    Name,
                    $"client {input.Names.ClientWithNumber(c)}",
                    string.Create(
                        System.Globalization.CultureInfo.InvariantCulture,
                        $"is right on {100 * accuracy:F1} % of the test samples, no better than guessing "
                            + $"({100 * chance:F1} %)"
                    ),
                    "check the order of its classes and samples, or leave it out"
                );
        }
    }
}
