using RobustInference.Probits;

namespace RobustInference.Assessment;

/// <summary>What one client is like, on the test samples.</summary>
/// <param name="Client">From 0.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Accuracy">How often its most probable class is the label.</param>
/// <param name="CalibrationError">Expected calibration error over 15 bins of confidence, 0…1.</param>
/// <param name="Agreement">How often it answers as most of the others do.</param>
public sealed record ClientFacts(int Client, string Name, Share Accuracy, double CalibrationError, double Agreement)
{
    /// <summary>Of every client.</summary>
    public static IReadOnlyList<ClientFacts> Of(ProbitSet answers, EnsembleNames names)
    {
        var scan = new ClientScan(answers.Clients, answers.Classes);
        scan.Add(answers);
        return scan.ToFacts(names);
    }
}
