namespace RobustInference.Training;

/// <summary>What adversarial training lets the corrupted clients send.</summary>
public enum InnerAttack
{
    /// <summary>Algorithm 1's: sign-gradient ascent on the Carlini–Wagner loss.</summary>
    ProjectedGradient,

    /// <summary>Per sample the worse, by cross-entropy, of that ascent's rows and the best class that all corrupted
    /// clients agree to send.</summary>
    WorstOfProjectedGradientAndOneHot,

    /// <summary>Per sample the worse, by cross-entropy, of that ascent's rows and what the strongest inverted attack
    /// sends: the network's best class, on the uncorrupted rows, other than the label. Steps of a sign rarely end at a
    /// vertex of the simplex, and a wide network that learns from them alone is weak there.</summary>
    WorstOfProjectedGradientAndStrongestInverted,
}
