using RobustInference.Probits;

namespace RobustInference.Catalogue;

/// <summary>How tables and documents call a threat model.</summary>
public static class ThreatName
{
    public static string Of(Adversary adversary) => adversary == Adversary.Fixed ? "fixed" : "any";
}
