namespace RobustInference.Catalogue;

/// <summary>Ids of what judges a rule as a whole. Recorded results carry them: they never change.</summary>
public static class AttackId
{
    /// <summary>No client is corrupted.</summary>
    public const string Clean = "Clean";

    /// <summary>Every known attack in sequence, each on the samples that the earlier ones left.</summary>
    public const string StrongSuite = "Strong suite";

    /// <summary>Theorem 1 of the paper in the place of an attack.</summary>
    public const string TheoremOne = "Theorem 1";

    /// <summary>The best known certificate in the place of an attack.</summary>
    public const string Certified = "Certified";
}
