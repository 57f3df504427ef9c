using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Evaluation;

/// <summary>The samples that a rule still gets right, attack after attack.</summary>
/// <param name="rule">The rule under attack.</param>
/// <param name="answers">All samples.</param>
/// <param name="seed">Of what attacks draw.</param>
/// <param name="standing">Per sample, whether it stands at the beginning; copied.</param>
/// <param name="progress">Told a stage's name and how many are done.</param>
/// <param name="cancel">Checked between attacks.</param>
sealed class SequentialAttack(
    Aggregator rule,
    ProbitSet answers,
    long seed,
    bool[] standing,
    Action<string, int>? progress,
    CancellationToken cancel
)
{
    readonly List<AttackStage> stages = [];

    public bool[] Standing { get; } = [.. standing];

    public IReadOnlyList<AttackStage> Stages => stages;

    /// <summary>Runs an attack on one set of corrupted clients.</summary>
    public AttackStage Run(IAttack attack, ThreatModel threat) => Stage(attack.Name, attack, answers, threat);

    /// <summary>Runs attacks on clients that are chosen for each standing sample. Where the rule takes probits their
    /// order does not matter: the chosen ones are put first.</summary>
    public void Run(IReadOnlyList<IAttack> attacks, IClientSelection choice, int corrupted)
    {
        using var scope = NewDisposeScope();
        var first = new ThreatModel(answers.Clients, Enumerable.Range(0, corrupted));
        var order = arange(answers.Clients, ScalarType.Int64).repeat(answers.Samples, 1);
        if (Still() is { Length: > 0 } still)
        {
            using var some = answers.Select(still);
            using var query = new AttackQuery(rule, some, first, seed);
            order = order.index_copy(0, tensor(still), Chosen.First(choice.Choose(query), answers.Clients));
        }
        using var arranged = answers.Arrange(order);
        foreach (var attack in attacks)
            Stage($"any, {choice.Name}: {attack.Name}", attack, arranged, first);
    }

    AttackStage Stage(string name, IAttack attack, ProbitSet all, ThreatModel threat)
    {
        cancel.ThrowIfCancellationRequested();
        progress?.Invoke(name, stages.Count);
        long[] still = Still();
        int broken = 0;
        if (still.Length > 0)
        {
            using var scope = NewDisposeScope();
            using var some = all.Select(still);
            using var query = new AttackQuery(rule, some, threat, seed);
            bool[] right = Predictions.Correct(
                rule.Scores(Rows.Replace(query.Input, threat.Corrupted, attack.Corrupt(query))),
                some.Labels
            );
            for (int s = 0; s < right.Length; s++)
                if (!right[s])
                    (Standing[still[s]], broken) = (false, broken + 1);
        }
        stages.Add(new AttackStage(name, still.Length, broken));
        return stages[^1];
    }

    long[] Still() => [.. Enumerable.Range(0, Standing.Length).Where(s => Standing[s]).Select(s => (long)s)];
}
