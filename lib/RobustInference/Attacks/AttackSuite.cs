namespace RobustInference.Attacks;

/// <summary>Named lists of attacks.</summary>
public static class AttackSuite
{
    /// <summary>The six of the paper's Table 2, in its order.</summary>
    public static IReadOnlyList<IAttack> Paper { get; } =
    [
        new LogitFlipping(), new StrongestInvertedBlackBox(), new LossMaximization(), new ClassPrior(), new StrongestInverted(), new ProjectedGradientAttack(),
    ];

    /// <summary>Shown beside the six, never in a worst case: the authors' form of SIA, whose rows leave the simplex, and an extra of their code.</summary>
    public static IReadOnlyList<IAttack> Beside { get; } = [new StrongestInverted(keepRest: true), new Impersonation()];
}
