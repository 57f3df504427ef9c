using RobustInference.Numerics;
using RobustInference.Probits;

namespace RobustInference.Inputs;

/// <summary>What <see cref="Doctor"/> knows of an input, whether it was read as a whole or in blocks.</summary>
/// <param name="Test">Counts over the test answers.</param>
/// <param name="ValidationLabels">Of each class, how many validation samples it has; null where there are none.</param>
/// <param name="Names">What clients and classes are called.</param>
public sealed record InputFacts(AnswerScan Test, IReadOnlyList<int>? ValidationLabels, EnsembleNames Names)
{
    /// <summary>Whether clients answer with a class and not with probabilities.</summary>
    public bool HasVotes { get; init; }

    /// <summary>The number that the file gives the first class.</summary>
    public int LabelsFrom { get; init; }

    /// <summary>Whether the user said so.</summary>
    public bool SaysLabelsFrom { get; init; }

    /// <summary>n.</summary>
    public int Clients => Test.Right.Count;

    /// <summary>K.</summary>
    public int Classes => Test.Labels.Count;

    /// <summary>Of an input that is in memory.</summary>
    public static InputFacts Of(InputEnsemble input)
    {
        var (validation, test) = (input.Archive.Validation, input.Archive.Test);
        var scan = new AnswerScan(test.Clients, test.Classes, input.HasLogits, input.HasVotes ? null : validation);
        scan.Add(test);
        return new(scan, Counts(validation), input.Names)
        {
            HasVotes = input.HasVotes,
            LabelsFrom = input.LabelsFrom,
            SaysLabelsFrom = input.SaysLabelsFrom,
        };
    }

    /// <summary>Of one that is read in blocks.</summary>
    /// <param name="input">The answers.</param>
    /// <param name="seen">Told every block, before it is disposed.</param>
    /// <param name="cancel">Checked before each block.</param>
    public static InputFacts Of(
        BlockedAnswers input,
        Action<ProbitSet>? seen = null,
        CancellationToken cancel = default
    )
    {
        var scan = new AnswerScan(input.Clients, input.Classes, input.HasLogits, input.Validation);
        foreach (var block in input.Blocks(input.BlockSamples, cancel))
        {
            using var own = block;
            scan.Add(own);
            seen?.Invoke(own);
        }
        return new(scan, Counts(input.Validation), input.Names) { LabelsFrom = input.LabelsFrom };
    }

    static int[]? Counts(ProbitSet? set)
    {
        if (set is null)
            return null;
        var counts = new int[set.Classes];
        foreach (long label in set.Labels.Integers())
            counts[label]++;
        return counts;
    }
}
