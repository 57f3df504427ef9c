using RobustInference.Networks;
using RobustInference.Probits;

namespace RobustInference.Training;

/// <summary>Calibrations by the hash of recipe and validation data.</summary>
/// <inheritdoc/>
public sealed class CalibrationCache(string folder)
    : NetworkCache<CalibrationRecipe, ClientCalibration, PassProgress>(folder, "calibration")
{
    /// <summary>Raised by hand when the same recipe on the same data would give other weights.</summary>
    const int ResultsVersion = 1;

    /// <summary>Sixteen hexadecimal digits of the SHA-256 over recipe, results version, probits and labels.</summary>
    public static string Key(CalibrationRecipe recipe, ProbitSet validation) =>
        Hash(recipe, ResultsVersion, validation.Probits, validation.Labels);

    protected override string KeyOf(CalibrationRecipe recipe, ProbitSet validation) => Key(recipe, validation);

    protected override ClientCalibration Train(
        CalibrationRecipe recipe,
        ProbitSet validation,
        IProgress<PassProgress>? progress,
        CancellationToken cancel,
        TrainingState state
    ) => new CalibrationTraining(recipe).Train(validation, progress, cancel);

    protected override ClientCalibration Read(string path) => CalibratedFile.Read(path).Calibration;

    protected override void Write(string path, ClientCalibration network, CalibrationRecipe recipe) =>
        CalibratedFile.Write(path, new TrainedCalibrated(network, null, 0));
}
