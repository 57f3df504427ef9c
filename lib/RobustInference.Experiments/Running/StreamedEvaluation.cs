using System.Diagnostics;
using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Catalogue;
using RobustInference.Devices;
using RobustInference.Evaluation;
using RobustInference.Inputs;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Results;

namespace RobustInference.Running;

/// <summary>Cells of an ensemble that is read in blocks of samples: rules, attacks and certificates look at each sample
/// by itself, so that a block at a time is enough. All cells take their turn at a block before the next is
/// read.</summary>
/// <remarks>What attacks draw begins anew in each block; so the results are those of the blocks, and are recorded under
/// the file like all others.</remarks>
/// <param name="runner">Whose rules.</param>
/// <param name="answers">The answers; the caller keeps them.</param>
/// <param name="blockSamples">Samples of a block.</param>
public sealed class StreamedEvaluation(CellRunner runner, BlockedAnswers answers, int blockSamples)
{
    const int MostFlags = 8;

    /// <summary>With <see cref="BlockedAnswers.BlockSamples"/>.</summary>
    public StreamedEvaluation(CellRunner runner, BlockedAnswers answers)
        : this(runner, answers, answers.BlockSamples) { }

    /// <summary>Runs cells of one ensemble.</summary>
    /// <param name="cells">What to run.</param>
    /// <param name="progress">Told a stage and how much is done, 0…1, never less than before.</param>
    /// <param name="cancel">Checked between cells in every block, and within attacks as often as they check
    /// <see cref="LongWork"/>. A cell is recorded as soon as it has seen the last block.</param>
    public IReadOnlyList<CellResult> Run(
        IReadOnlyList<ExperimentCell> cells,
        Action<string, double>? progress = null,
        CancellationToken cancel = default
    )
    {
        ComputeDevice.Choose();
        if (cells.Count == 0)
            return [];
        var found = runner.Recorded(cells);
        var missing = cells.Where(cell => !found.ContainsKey(cell)).Distinct().ToArray();
        if (missing.Length > 0)
            foreach (var result in Stream(missing, progress, cancel))
                found[result.Cell] = result;
        return [.. cells.Select(cell => found[cell])];
    }

    /// <summary>A rule's answers with scores and certified radii, a block after the other.</summary>
    /// <param name="cell">Which rule.</param>
    /// <param name="progress">Told how much is done, 0…1.</param>
    /// <param name="cancel">Checked between blocks, and within one as often as the rule checks
    /// <see cref="LongWork"/>.</param>
    public IEnumerable<Prediction> Predict(
        ExperimentCell cell,
        Action<double>? progress = null,
        CancellationToken cancel = default
    )
    {
        int done = 0;
        Aggregator? rule = null;
        try
        {
            foreach (var part in answers.Blocks(blockSamples, cancel))
            {
                using var set = part;
                using var archive = new ProbitArchive(answers.Validation?.Shared(), set.Shared());
                rule ??= Make([cell], null, cancel)[0];
                IReadOnlyList<Prediction> predictions;
                // Not while the caller has its turn: what it does then is not this work.
                using (LongWork.StopBy(cancel))
                    predictions = rule.Predict(set);
                foreach (var prediction in predictions)
                    yield return prediction;
                done += set.Samples;
                progress?.Invoke((double)done / answers.Samples);
            }
        }
        finally
        {
            rule?.Dispose();
        }
    }

    CellResult[] Stream(ExperimentCell[] cells, Action<string, double>? progress, CancellationToken cancel)
    {
        string input = runner.Ensembles.InputOf(cells[0].Ensemble),
            name = runner.Ensembles.InputName(cells[0].Ensemble);
        var work = cells.Select(cell => new Work(cell, answers.Samples)).ToArray();
        var rules = work.GroupBy(own => CellRunner.RuleOf(own.Cell)).ToArray();
        int blocks = (answers.Samples + blockSamples - 1) / blockSamples,
            block = 0;
        double told = 0;
        Lock gate = new();
        Aggregator[]? made = null;
        IReadOnlyList<IAttack> own = [.. AttackCatalog.Own.Select(entry => entry.Attack).OfType<IAttack>()];
        try
        {
            foreach (var part in answers.Blocks(blockSamples, cancel))
            {
                using var set = part;
                using var archive = new ProbitArchive(answers.Validation?.Shared(), set.Shared());
                made ??= Make([.. rules.Select(rule => rule.First().Cell)], progress, cancel);
                bool isLast = block == blocks - 1;
                int finished = 0,
                    from = block * blockSamples;
                ParallelMap.Run(
                    rules.Length,
                    r =>
                    {
                        using var stopping = LongWork.StopBy(cancel);
                        var shared = CellRunner.SharedBy(rules[r].Select(own => own.Cell));
                        foreach (
                            var sameSet in rules[r]
                                .GroupBy(own => (own.Cell.Corrupted, own.Cell.Draw, own.Cell.CorruptedClients))
                        )
                        {
                            using var under = new RuleUnderAttack(
                                archive.Test,
                                made[r],
                                sameSet.First().Cell.Threat,
                                sameSet.Key.Draw,
                                archive.Validation,
                                own,
                                shared: shared
                            );
                            foreach (var cell in sameSet)
                            {
                                LongWork.ThrowIfCancelled(cancel);
                                string stage = $"{cell.Cell.Aggregator.Label} under {cell.Cell.Attack.Name}";
                                Tell(stage, Volatile.Read(ref finished));
                                cell.Take(from, under, cancel);
                                if (isLast)
                                    runner.Record(cell.Finish(input, name));
                                Tell(stage, Interlocked.Increment(ref finished));
                            }
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
        return [.. work.Select(own => own.Result!)];

        void Tell(string stage, int finished)
        {
            lock (gate)
            {
                told = Math.Max(told, (block + (double)finished / cells.Length) / blocks);
                progress?.Invoke($"samples from {block * blockSamples:N0} of {answers.Samples:N0}: {stage}", told);
            }
        }
    }

    /// <summary>What rules are made of: the validation data, and of the test answers the most frequent label, which is
    /// all that the constant answer needs.</summary>
    public ProbitArchive ForRules()
    {
        long most = answers.Labels.CountBy(label => label).OrderBy(pair => (-pair.Value, pair.Key)).First().Key;
        using var one = answers.Blocks(1).First();
        return new ProbitArchive(answers.Validation?.Shared(), one.WithLabels([most]));
    }

    Aggregator[] Make(ExperimentCell[] cells, Action<string, double>? progress, CancellationToken cancel)
    {
        using var inputs = ForRules();
        Lock gate = new();
        return ParallelMap.Run(
            cells.Length,
            i =>
            {
                TorchThreads.One();
                return runner.Make(
                    inputs,
                    cells[i],
                    (stage, _) =>
                    {
                        lock (gate)
                            progress?.Invoke(stage, 0);
                    },
                    cancel
                );
            },
            ComputeDevice.Default.IsHost() ? null : 1
        );
    }

    /// <summary>A cell with what is known of it so far, a bit a sample.</summary>
    sealed class Work(ExperimentCell cell, int samples)
    {
        readonly byte[] right = new byte[(samples + 7) / 8];
        readonly HashSet<string> flags = [];
        double seconds;

        public ExperimentCell Cell => cell;

        /// <summary>Looks at a block.</summary>
        public void Take(int from, RuleUnderAttack under, CancellationToken cancel)
        {
            var clock = Stopwatch.StartNew();
            var outcome = AttackCatalog
                .Named(cell.Attack.Name)
                .Outcome(cell.Attack.Settings, under, (_, _) => LongWork.ThrowIfCancelled(cancel), cancel);
            for (int s = 0; s < outcome.Correct.Length; s++)
                if (outcome.Correct[s])
                    right[(from + s) / 8] |= (byte)(1 << (from + s) % 8);
            foreach (string flag in outcome.Flags ?? [])
                if (flags.Count < MostFlags)
                    flags.Add(flag);
            seconds += clock.Elapsed.TotalSeconds;
        }

        /// <summary>What came of it; null before <see cref="Finish"/>.</summary>
        public CellResult? Result { get; private set; }

        /// <summary>Called after the last block.</summary>
        public CellResult Finish(string input, string inputName) =>
            Result = CellResult.OfBits(
                ResultConfiguration.Of(cell, input),
                inputName,
                samples,
                right,
                seconds,
                0,
                flags.Count == 0 ? null : [.. flags]
            );
    }
}
