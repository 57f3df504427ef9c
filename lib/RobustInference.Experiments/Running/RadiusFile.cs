using System.Globalization;
using RobustInference.Aggregators;
using RobustInference.Files;

namespace RobustInference.Running;

/// <summary>Certified radii as a CSV file, a line a sample and rule.</summary>
/// <remarks>A radius r means that every input that differs from the received one in at most r rows gets the same
/// answer; hence, if at most r of the received rows are corrupted, the answer is the one that the uncorrupted rows
/// would have got. It does not say that the answer is right, nor how many clients are corrupted.</remarks>
public static class RadiusFile
{
    const int Buffer = 1 << 16;

    /// <summary>Columns: sample (from 0), label, aggregator, answer (empty for a tie), radius. Written
    /// atomically.</summary>
    /// <param name="path">The file.</param>
    /// <param name="labels">A label for every sample.</param>
    /// <param name="rules">Rules with their answers; those without a certificate are left out.</param>
    public static void Write(
        string path,
        IReadOnlyList<long> labels,
        IEnumerable<(string Aggregator, IEnumerable<Prediction> Answers)> rules
    ) =>
        AtomicFile.Write(
            path,
            stream =>
            {
                using var text = new StreamWriter(stream, bufferSize: Buffer, leaveOpen: true) { NewLine = "\n" };
                text.WriteLine("sample,label,aggregator,answer,radius");
                foreach (var (rule, answers) in rules)
                {
                    int s = 0;
                    foreach (var answer in answers)
                    {
                        if (answer.Radius is { } radius)
                            text.WriteLine(
                                string.Create(
                                    CultureInfo.InvariantCulture,
                                    $"{s},{labels[s]},{rule},{(answer.Class < 0 ? "" : answer.Class)},{radius}"
                                )
                            );
                        s++;
                    }
                }
            }
        );
}
