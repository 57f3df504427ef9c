using System.Diagnostics;
using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Catalogue;
using RobustInference.Evaluation;
using RobustInference.Inputs;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Results;

namespace RobustInference.Running;

/// <summary>Cells of an ensemble that is read in blocks of samples: rules and attacks look at each sample by itself, so
/// that a block at a time is enough.</summary>
/// <remarks>What attacks draw begins anew in each block; so the results are those of the blocks, and are recorded under
/// the file like all others.</remarks>
/// <param name="runner">Whose rules.</param>
/// <param name="answers">The answers; the caller keeps them.</param>
/// <param name="blockSamples">Samples of a block.</param>
public sealed class StreamedEvaluation(
    CellRunner runner,
    BlockedAnswers answers,
    int blockSamples = StreamedEvaluation.BlockSamples
)
{
    /// <summary>Default number of samples of a block.</summary>
    public const int BlockSamples = 20_000;

    /// <summary>Runs cells of one ensemble, one f and one set of corrupted clients.</summary>
    /// <param name="cells">What to run.</param>
    /// <param name="progress">Told a stage and how much is done, 0…1, never less than before.</param>
    /// <param name="cancel">Checked between rules and blocks.</param>
    public IReadOnlyList<CellResult> Run(
        IReadOnlyList<ExperimentCell> cells,
        Action<string, double>? progress = null,
        CancellationToken cancel = default
    )
    {
        var found = runner.Recorded(cells);
        var missing = cells.Where(cell => !found.ContainsKey(cell)).Distinct().ToArray();
        if (missing.Length > 0)
            foreach (var result in Stream(missing, progress, cancel))
                found[result.Cell] = result;
        return [.. cells.Select(cell => found[cell])];
    }

    IEnumerable<CellResult> Stream(ExperimentCell[] cells, Action<string, double>? progress, CancellationToken cancel)
    {
        var rules = cells.GroupBy(cell => cell.Aggregator).ToArray();
        var right = cells.ToDictionary(cell => cell, _ => new bool[answers.Samples]);
        var seconds = cells.ToDictionary(cell => cell, _ => 0.0);
        int blocks = (answers.Samples + blockSamples - 1) / blockSamples,
            block = 0;
        double told = 0;
        Lock gate = new();
        Aggregator[]? made = null;
        IReadOnlyList<IAttack> own = [.. AttackCatalog.Own.Select(entry => entry.Attack).OfType<IAttack>()];
        try
        {
            foreach (var part in answers.Blocks(blockSamples))
            {
                using var set = part;
                using var archive = new ProbitArchive(answers.Validation?.Shared(), set.Shared());
                made ??= Make(archive, rules, progress, cancel);
                int finished = 0,
                    from = block * blockSamples;
                ParallelMap.Run(
                    rules.Length,
                    r =>
                    {
                        using var under = new RuleUnderAttack(
                            archive.Test,
                            made[r],
                            rules[r].First().Threat,
                            rules[r].First().Draw,
                            archive.Validation,
                            own
                        );
                        foreach (var cell in rules[r])
                        {
                            cancel.ThrowIfCancellationRequested();
                            var clock = Stopwatch.StartNew();
                            Tell($"{cell.Aggregator.Label} under {cell.Attack.Name}", finished);
                            AttackCatalog
                                .Named(cell.Attack.Name)
                                .Outcome(cell.Attack.Settings, under, (_, _) => { }, cancel)
                                .Correct.CopyTo(right[cell], from);
                            seconds[cell] += clock.Elapsed.TotalSeconds;
                            Tell(
                                $"{cell.Aggregator.Label} under " + $"{cell.Attack.Name}",
                                Interlocked.Increment(ref finished)
                            );
                        }
                        return true;
                    }
                );
                block++;
            }
        }
        finally
        {
            foreach (var rule in made ?? [])
                rule.Dispose();
        }
        string input = runner.Ensembles.InputOf(cells[0].Ensemble);
        return cells.Select(cell =>
        {
            var result = CellResult.Of(
                ResultConfiguration.Of(cell, input),
                runner.Ensembles.InputName(cell.Ensemble),
                right[cell],
                seconds[cell],
                0
            );
            runner.Record(result);
            return result;
        });

        void Tell(string stage, int finished)
        {
            lock (gate)
            {
                told = Math.Max(told, (block + (double)finished / cells.Length) / blocks);
                progress?.Invoke($"samples {block * blockSamples:N0} of {answers.Samples:N0}: {stage}", told);
            }
        }
    }

    Aggregator[] Make(
        ProbitArchive block,
        IGrouping<AggregatorSetting, ExperimentCell>[] rules,
        Action<string, double>? progress,
        CancellationToken cancel
    )
    {
        // The constant answer needs the most frequent label of all samples, and no more of the answers.
        long most = answers.Labels.CountBy(label => label).OrderBy(pair => (-pair.Value, pair.Key)).First().Key;
        using var one = block.Test.Select([0]);
        using var frequent = one.WithLabels([most]);
        using var inputs = new ProbitArchive(block.Validation?.Shared(), frequent.Shared());
        return
        [
            .. rules.Select(rule =>
                runner.Make(inputs, rule.First(), (stage, _) => progress?.Invoke(stage, 0), cancel)
            ),
        ];
    }
}
