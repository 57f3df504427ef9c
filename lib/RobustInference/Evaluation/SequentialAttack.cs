using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Numerics;
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

    /// <summary>Runs attacks on clients that are chosen for each standing sample. Where the rule does not know who
    /// answers, the chosen ones are put first; else samples of the same chosen clients are attacked together.</summary>
    public void Run(IReadOnlyList<IAttack> attacks, IClientSelection choice, int corrupted)
    {
        if (rule.KnowsClients)
        {
            RunInPlace(attacks, choice, corrupted);
            return;
        }
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

    void RunInPlace(IReadOnlyList<IAttack> attacks, IClientSelection choice, int corrupted)
    {
        using var scope = NewDisposeScope();
        var first = new ThreatModel(answers.Clients, Enumerable.Range(0, corrupted));
        long[] still = Still();
        var groups = new List<(ThreatModel Threat, long[] Samples)>();
        if (still.Length > 0)
        {
            using var some = answers.Select(still);
            using var query = new AttackQuery(rule, some, first, seed);
            long[] chosen = choice.Choose(query).Integers();
            groups =
            [
                .. still
                    .Select((sample, s) => (sample, Clients: chosen[(s * corrupted)..((s + 1) * corrupted)].Order()))
                    .GroupBy(pair => string.Join(",", pair.Clients))
                    .Select(group =>
                        (
                            new ThreatModel(answers.Clients, group.First().Clients.Select(i => (int)i)),
                            group.Select(pair => pair.sample).ToArray()
                        )
                    ),
            ];
        }
        foreach (var attack in attacks)
        {
            cancel.ThrowIfCancellationRequested();
            string name = $"any, {choice.Name}: {attack.Name}";
            progress?.Invoke(name, stages.Count);
            var parts = groups
                .Select(group => Break(attack, answers, group.Threat, [.. group.Samples.Where(s => Standing[s])]))
                .ToArray();
            stages.Add(new AttackStage(name, parts.Sum(part => part.Standing), parts.Sum(part => part.Broken)));
        }
    }

    AttackStage Stage(string name, IAttack attack, ProbitSet all, ThreatModel threat)
    {
        cancel.ThrowIfCancellationRequested();
        progress?.Invoke(name, stages.Count);
        var (count, broken) = Break(attack, all, threat, Still());
        stages.Add(new AttackStage(name, count, broken));
        return stages[^1];
    }

    (int Standing, int Broken) Break(IAttack attack, ProbitSet all, ThreatModel threat, long[] still)
    {
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
        return (still.Length, broken);
    }

    long[] Still() => [.. Enumerable.Range(0, Standing.Length).Where(s => Standing[s]).Select(s => (long)s)];
}
