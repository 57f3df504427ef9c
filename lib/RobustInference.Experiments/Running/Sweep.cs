using RobustInference.Results;

namespace RobustInference.Running;

/// <summary>A grid of cells run group by group, here or as a job array; whatever is recorded is never run
/// again.</summary>
/// <param name="experiment">The grid.</param>
/// <param name="store">Where results go.</param>
/// <param name="ensembles">Where ensembles are.</param>
/// <param name="trainedRules">The folder of trained rules.</param>
public sealed class Sweep(Experiment experiment, ResultStore store, EnsembleSource ensembles, string trainedRules)
{
    readonly CellRunner runner = new(store, ensembles, trainedRules);

    /// <summary>All cells by ensemble; a group's number is its index here.</summary>
    public IReadOnlyList<IReadOnlyList<ExperimentCell>> Groups { get; } = CellRunner.Groups(experiment.Cells());

    /// <summary>Where every group stands.</summary>
    public IReadOnlyList<SweepGroup> Plan()
    {
        var times = new RunTimes(store.All().Select(file => file.Result));
        return
        [
            .. Groups
                .Zip(runner.Recorded(Groups))
                .Select(
                    (pair, index) =>
                    {
                        var (group, recorded) = pair;
                        var ensemble = group[0].Ensemble;
                        var missing = group.Where(cell => !recorded.ContainsKey(cell)).ToArray();
                        var state =
                            missing.Length == 0 ? SweepState.Done
                            : !ensembles.IsAtHand(ensemble) ? SweepState.NoEnsemble
                            : runner.IsClaimed(ensemble) ? SweepState.Running
                            : SweepState.Open;
                        return new SweepGroup(index, ensemble, group.Count, recorded.Count, state, times.Of(missing));
                    }
                ),
        ];
    }

    /// <summary>What is recorded of the grid.</summary>
    public IReadOnlySet<ExperimentCell> Recorded() =>
        runner.Recorded(Groups).SelectMany(group => group.Keys).ToHashSet();

    /// <summary>Runs what is missing.</summary>
    /// <param name="groups">Which groups; default: all.</param>
    /// <param name="progress">Told how much is done and what is going on.</param>
    /// <param name="cancel">Checked between attacks and batches; what is finished is recorded.</param>
    /// <exception cref="ArgumentException">A group that there is not.</exception>
    public IReadOnlyList<CellResult> Run(
        IReadOnlyList<int>? groups = null,
        Action<SweepProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        foreach (int group in groups ?? [])
            if (group < 0 || group >= Groups.Count)
                throw new ArgumentException($"there is no group {group}: the grid has {Groups.Count}, counted from 0");
        var chosen = groups is null ? Groups : [.. groups.Select(group => Groups[group])];
        var done = new double[chosen.Count];
        double total = chosen.Sum(group => group.Count);
        return runner.Run(
            [.. chosen.SelectMany(group => group)],
            at =>
            {
                lock (done)
                {
                    done[at.Ensemble] = at.Done;
                    progress?.Invoke(
                        new(
                            done.Select((share, i) => share * chosen[i].Count).Sum() / total,
                            $"{chosen[at.Ensemble][0].Ensemble}: {at.Stage}"
                        )
                    );
                }
            },
            cancel
        );
    }

    /// <summary>Writes the grid's recorded cells into one file.</summary>
    /// <returns>How many there are, and how many are missing.</returns>
    public (int Rows, int Missing) Collect(string path)
    {
        var recorded = runner.Recorded(Groups).SelectMany(group => group.Values).ToArray();
        using var results = RecordedResults.Of(store, recorded);
        results.Collect(path);
        return (recorded.Length, Groups.Sum(group => group.Count) - recorded.Length);
    }
}
