using RobustInference.Networks;

namespace RobustInference.Training;

/// <summary>A median or trimmed mean of calibrated clients on disk: weights as float32, sizes and trim as
/// metadata.</summary>
public static class CalibratedFile
{
    internal const string Kind = "robust-inference/calibrated";

    // n·K² numbers are made before the file's own are looked at.
    const long MostWeights = 1L << 28;

    /// <summary>Writes atomically.</summary>
    /// <param name="path">A <c>.safetensors</c> file.</param>
    /// <param name="trained">What to write.</param>
    public static void Write(string path, TrainedCalibrated trained) =>
        NetworkFile.Write(
            path,
            Kind,
            trained.Calibration,
            ("clients", trained.Calibration.Clients),
            ("classes", trained.Calibration.Classes),
            ("median", trained.Trim is null ? 1 : 0),
            ("trim", trained.Trim ?? 0),
            ("corrupted", trained.Corrupted)
        );

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">Another kind of file, a missing tensor or a wrong shape,
    /// named.</exception>
    public static TrainedCalibrated Read(string path)
    {
        var file = NetworkFile.Open(path, Kind, "a rule of calibrated clients");
        int clients = file.Whole("clients", 1, 100_000),
            classes = file.Whole("classes", 2, 100_000),
            trim = file.Whole("trim", 0, (clients - 1) / 2),
            corrupted = file.Whole("corrupted", 0, (clients - 1) / 2);
        bool median = file.Whole("median", 0, 1) == 1;
        if ((long)clients * classes * classes > MostWeights)
            throw new InvalidDataException(
                $"{path}: {clients:N0} clients and {classes:N0} classes are more than are read"
            );
        file.CheckTensor("weight", clients, classes, classes);
        file.CheckTensor("bias", clients, classes);
        var calibration = new ClientCalibration(clients, classes);
        file.Fill(calibration);
        return new TrainedCalibrated(calibration, median ? null : trim, corrupted);
    }
}
