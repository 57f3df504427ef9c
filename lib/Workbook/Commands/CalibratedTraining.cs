using RobustInference.Aggregators;
using RobustInference.Inputs;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Training;

namespace Workbook.Commands;

/// <summary><c>aggregator train --kind calibrated</c>.</summary>
static class CalibratedTraining
{
    /// <summary>Calibrates the clients, writes the median of their rows or, with a trim, their trimmed mean, and says
    /// what is certified of it on held-out data where there are some.</summary>
    public static int Run(
        InputEnsemble answers,
        CalibrationRecipe recipe,
        int corrupted,
        int? trim,
        double heldOut,
        long seed,
        string output,
        CancellationToken cancel
    )
    {
        var validation = AggregatorCommand.Open(answers, corrupted, output).Validation!;
        if (trim is { } wide && 2 * wide >= validation.Clients)
            throw new ArgumentException(
                $"--trim is {wide}; {validation.Clients} clients leave nothing with more than "
                    + $"{(validation.Clients - 1) / 2}"
            );
        long[] order = [.. Enumerable.Range(0, validation.Samples).Select(s => (long)s)];
        RandomStream.Managed(seed, "calibration-split").ShuffleInplace<long>(order);
        int held = (int)(heldOut * order.Length);
        using var unseen = held == 0 ? null : validation.Select(order[..held]);
        using var known = held == 0 ? validation.Shared() : validation.Select(order[held..]);
        var calibration = AggregatorCommand.Watch(
            "calibrating clients",
            corrupted,
            validation.Clients,
            _ => { },
            () => "",
            watcher => new CalibrationCache(WorkbookFolder.TrainedAggregators).Get(recipe, known, watcher, cancel),
            "client"
        );
        var trained = new TrainedCalibrated(calibration, trim, corrupted);
        using var rule = trained.Rule;
        CalibratedFile.Write(output, trained);
        if (unseen is null)
        {
            Console.Out.WriteLine($"{output}: {rule.Name}, calibrated on all validation data");
            return 0;
        }
        var figures = CertifiedFigures.Of(rule, unseen, corrupted, seed);
        Console.Out.WriteLine(
            $"{output}: {rule.Name}, {CertifiedClasses.Summary(figures)} on held-out validation data"
        );
        CertifiedClasses.Say("fixed", figures.FixedOfClass);
        CertifiedClasses.Say("any", figures.AnyOfClass);
        return 0;
    }
}
