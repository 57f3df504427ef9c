using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Probits;

namespace RobustInference.Training;

/// <summary>A median or trimmed mean of calibrated clients as a file holds it.</summary>
/// <param name="Calibration">The weights.</param>
/// <param name="Trim">t of the trimmed mean; null for the median.</param>
/// <param name="Corrupted">f that it was made for; the calibration itself does not depend on it.</param>
public sealed record TrainedCalibrated(ClientCalibration Calibration, int? Trim, int Corrupted) : ITrainedRule
{
    public Aggregator Rule =>
        new Calibrated(
            Calibration,
            Trim is { } trim ? new CoordinateWiseTrimmedMean(trim) : new CoordinateWiseMedian()
        );

    public void CheckFits(string path, ProbitSet answers)
    {
        if ((Calibration.Clients, Calibration.Classes) != (answers.Clients, answers.Classes))
            throw new InvalidDataException(
                $"{path}: was trained for {Calibration.Clients} clients and {Calibration.Classes} classes, the answers "
                    + $"have {answers.Clients} and {answers.Classes}"
            );
    }
}
