using RobustInference.Probits;

namespace RobustInference.Catalogue;

/// <summary>How tables and documents call a threat model.</summary>
public static class ThreatName
{
    /// <summary>For people: a fixed set of 4 corrupted clients, any 4 corrupted clients.</summary>
    public static string InWords(Adversary adversary, int corrupted) =>
        adversary == Adversary.Fixed
            ? $"a fixed set of {corrupted} corrupted clients"
            : $"any {corrupted} corrupted clients per sample";

    /// <summary><c>fixed</c> or <c>any</c>.</summary>
    public static string Of(Adversary adversary) => adversary == Adversary.Fixed ? "fixed" : "any";
}
