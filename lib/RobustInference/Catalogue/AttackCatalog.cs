using RobustInference.Attacks;

namespace RobustInference.Catalogue;

/// <summary>Every attack that experiments know by name.</summary>
public static class AttackCatalog
{
    /// <summary>One line each; those of <see cref="AttackSuite"/> in its order, then the strong suite as a whole and
    /// the certificate.</summary>
    public static IReadOnlyList<AttackEntry> All { get; } =
    [
        AttackEntry.Clean,
        AttackEntry.Of(new LogitFlippingSettings(), settings => new LogitFlipping(settings.Amplification)),
        AttackEntry.Plain(new StrongestInvertedBlackBox()),
        AttackEntry.Plain(new LossMaximization()),
        AttackEntry.Plain(new ClassPrior()),
        AttackEntry.Plain(new StrongestInverted()),
        AttackEntry.Of(
            new ProjectedGradientSettings(),
            settings => new ProjectedGradientAttack(settings.Steps, settings.Gradient)
        ),
        AttackEntry.Plain(new StrongestInverted(keepRest: true), beside: true),
        AttackEntry.Plain(new Impersonation(), beside: true),
        AttackEntry.StrongSuite,
        AttackEntry.Certificate,
    ];

    /// <summary>Clean, and the six of the paper's Table 2.</summary>
    public static IReadOnlyList<AttackSetting> Paper { get; } =
    [AttackSetting.Clean, .. AttackSuite.Paper.Select(attack => (AttackSetting)attack.Name)];

    /// <summary>Shown beside them.</summary>
    public static IReadOnlyList<AttackSetting> Excluded { get; } =
    [.. AttackSuite.Excluded.Select(attack => (AttackSetting)attack.Name)];

    /// <summary>The attack of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static AttackEntry Named(string name) =>
        All.FirstOrDefault(entry => entry.Name == name)
        ?? throw new ArgumentException(
            $"no attack is called '{name}'; there are {string.Join(", ", All.Select(entry => entry.Name))}"
        );
}
