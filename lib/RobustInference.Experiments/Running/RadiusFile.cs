using System.Globalization;
using RobustInference.Catalogue;
using RobustInference.Files;
using RobustInference.Numerics;
using RobustInference.Probits;

namespace RobustInference.Running;

/// <summary>Certified radii as a CSV file, a line a sample and rule.</summary>
/// <remarks>A radius r means that every input that differs from the received one in at most r rows gets the same
/// answer; hence, if at most r of the received rows are corrupted, the answer is the one that the uncorrupted rows
/// would have got. It does not say that the answer is right, nor how many lie.</remarks>
public static class RadiusFile
{
    /// <summary>Columns: sample (from 0), label, aggregator, answer (empty for a tie), radius. Written atomically;
    /// rules without a certificate are left out, and so are weights that were trained for a fixed set.</summary>
    public static void Write(string path, Certification certification, IReadOnlyList<RuleUnderThreat> rules)
    {
        long[] labels = certification.Answers.Labels.Integers();
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        text.WriteLine("sample,label,aggregator,answer,radius");
        foreach (var rule in rules.Where(rule => rule.Threats.Contains(Adversary.Any)).Select(rule => rule.Rule))
        {
            if (certification.Radii(rule) is not { } radii)
                continue;
            for (int s = 0; s < labels.Length; s++)
                text.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{s},{labels[s]},{rule.Name},{(radii[s].Class < 0 ? "" : radii[s].Class)},{radii[s].Radius}"
                    )
                );
        }
        AtomicFile.WriteText(path, text.ToString());
    }
}
