using RobustInference.Attacks;
using RobustInference.Numerics;
using RobustInference.Probits;
using Workbook.Benchmarks;

namespace Tests.RobustInference.Attacks;

/// <summary>An attack and what it is known to do.</summary>
/// <param name="Attack">The attack.</param>
/// <param name="Leaves">Whether its rows leave the simplex, as the authors' form of SIA does.</param>
/// <param name="Agrees">Whether all corrupted clients send the same row.</param>
/// <param name="IsOneHot">Whether its rows are one-hot.</param>
/// <param name="Draws">Whether something of it is drawn.</param>
public sealed record AttackRow(
    IAttack Attack,
    bool Leaves = false,
    bool Agrees = false,
    bool IsOneHot = false,
    bool Draws = false
);

/// <summary>Every attack, a row each: a new one is tested by adding its row.</summary>
public static class EveryAttack
{
    public static IReadOnlyList<AttackRow> All { get; } =
    [
        new(new LogitFlipping()),
        new(new StrongestInvertedBlackBox(), IsOneHot: true),
        new(new LossMaximization(), Agrees: true, IsOneHot: true),
        new(new ClassPrior(), Agrees: true, IsOneHot: true),
        new(new StrongestInverted(), Agrees: true, IsOneHot: true),
        new(new ProjectedGradientAttack(steps: 20), Draws: true),
        new(new StrongestInverted(keepRest: true), Leaves: true),
        new(new Impersonation(), Agrees: true),
        new(new AllTargets(), Agrees: true, IsOneHot: true),
        new(new PerClientTargets(), IsOneHot: true),
        new(new TwoTargets()),
        new(new HonestCopies()),
        new(new RandomSearch(queries: 30), Draws: true),
        .. from loss in new IScoreLoss[] { new ScoreMargin(), new CrossEntropy(), new LogitsRatio() }
        from gradient in Enum.GetValues<SortGradient>()
        from start in Enum.GetValues<AscentStart>()
        where start != AscentStart.Honest || loss is ScoreMargin
        select new AttackRow(
            new AutoProjectedGradientAttack(loss, gradient, start, steps: 8),
            Draws: start == AscentStart.Drawn
        ),
    ];

    /// <summary>For <c>[Theory, MemberData]</c>.</summary>
    public static TheoryData<string> Names => [.. All.Select(row => row.Attack.Name)];

    public static AttackRow Named(string name) => All.Single(row => row.Attack.Name == name);

    /// <summary>A made-up ensemble that is mostly right, and validation data of the same kind.</summary>
    public static (ProbitSet Answers, ProbitSet Validation) Ensemble(
        long seed,
        int samples = 300,
        int clients = 7,
        int classes = 5
    ) =>
        (
            SyntheticProbits.Draw(samples, clients, classes, seed),
            SyntheticProbits.Draw(samples, clients, classes, seed + 1000)
        );
}
