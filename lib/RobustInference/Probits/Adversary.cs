namespace RobustInference.Probits;

/// <summary>Who chooses the corrupted clients: the two threat models of every certificate and attack.</summary>
public enum Adversary
{
    /// <summary>A given set of f clients is corrupted, the same for every sample.</summary>
    Fixed,

    /// <summary>The adversary picks any f of the n clients, per sample.</summary>
    Any,
}
