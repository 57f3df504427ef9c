using RobustInference.Numerics;

namespace RobustInference.Attacks;

/// <summary>Named lists of attacks.</summary>
public static class AttackSuite
{
    /// <summary>The six of the paper's Table 2, in its order.</summary>
    public static IReadOnlyList<IAttack> Paper { get; } =
    [
        new LogitFlipping(),
        new StrongestInvertedBlackBox(),
        new LossMaximization(),
        new ClassPrior(),
        new StrongestInverted(),
        new ProjectedGradientAttack(),
    ];

    /// <summary>Shown beside the six, never in a worst case: the authors' form of SIA, whose rows leave the simplex,
    /// and an extra of their code.</summary>
    public static IReadOnlyList<IAttack> Excluded { get; } =
    [new StrongestInverted(keepRest: true), new Impersonation()];

    /// <summary>After the six, in this order, each on what still stands: what can be tried without a gradient, then
    /// ascents from different starts along different losses, none with a parameter to tune.</summary>
    public static IReadOnlyList<IAttack> Strong { get; } =
    [
        new AllTargets(),
        new PerClientTargets(),
        new TwoTargets(),
        .. from gradient in new[] { SortGradient.Mean, SortGradient.True }
        from start in Enum.GetValues<AscentStart>()
        select new AutoProjectedGradientAttack(new ScoreMargin(), gradient, start),
        .. from gradient in new[] { SortGradient.Mean, SortGradient.True }
        from loss in new IScoreLoss[] { new CrossEntropy(), new LogitsRatio() }
        from start in new[] { AscentStart.Drawn, AscentStart.Targets }
        select new AutoProjectedGradientAttack(loss, gradient, start),
    ];

    /// <summary>For a rule over logits, in the place of <see cref="Strong"/>: every target at several amplifications in
    /// logit space. What is cheap comes first, and the paper's six are tried on what is left.</summary>
    /// <param name="classes">K.</param>
    public static IReadOnlyList<IAttack> OverLogits(int classes) =>
        [
            .. from amplification in new double[] { 2, 8, 1, 32 }
            from shift in Enumerable.Range(1, classes - 1)
            select new LogitTarget(shift, amplification),
            .. Paper.Where(attack => !attack.NeedsValidation),
        ];

    /// <summary>Run last: if it breaks what <see cref="Strong"/> left, gradients are masked.</summary>
    public static IAttack Blind { get; } = new RandomSearch();

    /// <summary>For an adversary that picks any f clients: ways to pick them, and what is then tried.</summary>
    public static IReadOnlyList<(IClientSelection Choice, IReadOnlyList<IAttack> Attacks)> Any { get; } =
    [
        .. from rank in new[] { 1, 2, 3 }
        select (
            (IClientSelection)new TargetedClientSelection(rank),
            (IReadOnlyList<IAttack>)[new AllTargets(), new TwoTargets()]
        ),
        (new GreedyClientSelection(), Strong),
        .. from index in new[] { 1, 2, 3 }
        select ((IClientSelection)new RandomClientSelection(index), (IReadOnlyList<IAttack>)[new AllTargets()]),
    ];
}
