namespace RobustInference.Attacks;

/// <summary>What an attacker knows.</summary>
public enum AttackAccess
{
    /// <summary>Its own answers only.</summary>
    BlackBox,

    /// <summary>The scores that the aggregator gives to whatever is sent, and nothing of its inside.</summary>
    Scores,

    /// <summary>Every answer and the aggregator.</summary>
    WhiteBox,
}
