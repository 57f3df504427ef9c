using RobustInference.Probits;

namespace RobustInference.Inputs;

/// <summary>Whether numbers are probabilities or logits, by their name and by themselves.</summary>
static class AnswerKind
{
    /// <summary>Whether they are logits.</summary>
    /// <param name="name">The array.</param>
    /// <param name="numbers">S·n·K, classes last.</param>
    /// <param name="classes">K.</param>
    /// <param name="insists">Whether the user says that they are logits.</param>
    /// <exception cref="InvalidDataException">The name says one thing and the numbers another.</exception>
    public static bool IsLogits(string name, float[] numbers, int classes, bool insists)
    {
        if (insists)
            return true;
        var says = ArrayName.Of(name);
        int rows = numbers.Length / Math.Max(1, classes),
            on = 0,
            firstOff = -1;
        for (int row = 0; row < rows; row++)
        {
            if (IsOnSimplex(numbers.AsSpan(row * classes, classes)))
                on++;
            else if (firstOff < 0)
                firstOff = row;
            // A name and a good many rows are enough.
            if (says.IsOfLogits && firstOff >= 0)
                return true;
        }
        if (says.IsOfLogits)
            return rows == 0 || classes < 2
                ? true
                : throw new InvalidDataException(
                    $"array {name}: all rows are probabilities, which would be softmaxed again; call them probits, or "
                        + "insist with --logits"
                );
        if (says.IsOfProbits)
            return rows >= 20 && on < rows / 2
                ? throw new InvalidDataException(
                    $"array {name}: {rows - on:N0} of {rows:N0} rows are no probabilities, from row {firstOff} on; "
                        + $"if these "
                        + "are logits, say --logits"
                )
                : false;
        // Most rows decide: the others are then named as what is wrong.
        return on < rows * 0.9;
    }

    static bool IsOnSimplex(ReadOnlySpan<float> row)
    {
        double sum = 0;
        foreach (float value in row)
        {
            if (!(value >= 0 && value <= 1 + ProbitSet.SumTolerance))
                return false;
            sum += value;
        }
        return Math.Abs(sum - 1) <= ProbitSet.SumTolerance;
    }
}
