using RobustInference.Aggregators;

namespace RobustInference.Certificates;

/// <summary>The best certificate that is known for a rule, one line a kind of rule.</summary>
public static class KnownCertificate
{
    /// <summary>Null where nothing is known, as for the geometric median after twenty steps.</summary>
    public static ICertificate? Of(Aggregator rule) =>
        rule switch
        {
            DeepSetTrimmedMean learned => new DeepSetCertificate(learned.Network, learned.Trim),
            CertifiedVote vote => new CertifiedVoteCertificate(vote.Network),
            CertifiedDeepSet learned => new DeepSetCertificate(learned.Network, learned.Trim),
            _ => ExactWorstCase.Of(rule),
        };
}
