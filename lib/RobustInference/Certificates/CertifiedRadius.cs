using RobustInference.Probits;

namespace RobustInference.Certificates;

/// <summary>How many rows may change before an answer does, by any certificate.</summary>
public static class CertifiedRadius
{
    /// <summary>Per sample the greatest r such that the label of <paramref name="answers"/> is the answer of every
    /// input that differs in at most r rows, whichever; −1 where it is not even certified for the rows as they are,
    /// which is so for wrong answers and ties.</summary>
    /// <param name="certificate">Of the rule in question, <see cref="Adversary.Any"/>.</param>
    /// <param name="answers">The rows as received, labelled with the answers whose radius is wanted.</param>
    /// <param name="most">The greatest radius that is asked for, less than n/2.</param>
    public static int[] Of(ICertificate certificate, ProbitSet answers, int most)
    {
        // One sort of the encodings serves every r there.
        if (certificate is DeepSetCertificate learned)
            return [.. learned.Radii(answers.Probits, answers.Labels).Select(r => Math.Min(r, most))];
        if (certificate is CertifiedVoteCertificate vote)
            return [.. vote.Radii(answers.Probits, answers.Labels).Select(r => Math.Min(r, most))];
        var radii = new int[answers.Samples];
        Array.Fill(radii, -1);
        // Whoever is lost to r liars is lost to more: only the others are asked again.
        int[] standing = [.. Enumerable.Range(0, answers.Samples)];
        for (int r = 0; r <= most && standing.Length > 0; r++)
        {
            using var rest = answers.Select([.. standing.Select(s => (long)s)]);
            bool[] certified = certificate.Certified(
                rest,
                Adversary.Any,
                new ThreatModel(answers.Clients, Enumerable.Range(0, r))
            );
            standing = [.. standing.Where((_, i) => certified[i])];
            foreach (int s in standing)
                radii[s] = r;
        }
        return radii;
    }
}
