namespace RobustInference.Attacks;

/// <summary>What an attacker knows.</summary>
public enum AttackAccess
{
    /// <summary>Its own answers only.</summary>
    BlackBox,

    /// <summary>Every answer and the aggregator.</summary>
    WhiteBox,
}
