using RobustInference.Aggregators;

namespace RobustInference.Certificates;

/// <summary>The rules whose worst case is known exactly, whoever picks the corrupted clients: Mean, CWMed, CWTM,
/// plurality vote, constant answer.</summary>
public static class ExactWorstCase
{
    /// <summary>The certificate of a rule, null where its worst case is not known exactly.</summary>
    public static ICertificate? Of(Aggregator rule) =>
        rule switch
        {
            IRangeMean range => new RangeMeanWorstCase(range),
            PluralityVote => new PluralityWorstCase(),
            ConstantAnswer constant => new ConstantWorstCase(constant.Answer),
            _ => null,
        };
}
