namespace RobustInference.Catalogue;

/// <summary>What is proved for a rule.</summary>
public enum RuleGuarantee
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A lower bound of its accuracy under attack.</summary>
    Bound,

    /// <summary>Its worst case itself: no attack does more, and some attack does as much.</summary>
    Exact,
}
