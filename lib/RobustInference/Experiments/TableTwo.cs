using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Training;

namespace RobustInference.Experiments;

/// <summary>Table 2 of the paper, and Tables 6 and 7 for another α: aggregators × attacks on the embedded ensembles.</summary>
public static class TableTwo
{
    /// <summary>f of the paper's n = 17.</summary>
    public const int Corrupted = 4;

    /// <summary>Seeds whose ensembles are embedded for the data set and α.</summary>
    public static IReadOnlyList<long> EmbeddedSeeds(string dataset, double alpha) =>
        [.. Enumerable.Range(0, 5).Select(seed => (long)seed).Where(seed => File.Exists(WorkbookFolder.Probits(dataset, alpha, seed)))];

    /// <summary>Evaluates the ensembles, as many side by side as there are processors; DeepSet-TM is trained once and then read from the cache.</summary>
    /// <param name="dataset">Name of the data set.</param>
    /// <param name="alpha">α of the partition.</param>
    /// <param name="seeds">Which ensembles; the corrupted clients are drawn with the same seed.</param>
    /// <param name="progress">Told which ensemble, its stage and how much is done.</param>
    /// <param name="cancel">Checked between attacks and batches.</param>
    /// <exception cref="FileNotFoundException">An ensemble is not embedded.</exception>
    public static AggregatorTable Run(string dataset, double alpha, IReadOnlyList<long> seeds, Action<EnsembleProgress>? progress = null, CancellationToken cancel = default)
    {
        var cache = new DeepSetCache(WorkbookFolder.TrainedAggregators);
        int clients = 0;
        var reports = OverSeeds(dataset, alpha, seeds, (archive, i) =>
        {
            clients = archive.Test.Clients;
            var experiment = new EnsembleExperiment(archive, ThreatModel.Draw(clients, Corrupted, seeds[i]), seeds[i]);
            return experiment.Run(cache, new DeepSetRecipe(Corrupted, seeds[i]), (stage, done) => progress?.Invoke(new(i, stage, done)), cancel);
        });
        return new AggregatorTable(dataset, alpha, clients, Corrupted, seeds, reports);
    }

    /// <summary>Opens the ensembles of several seeds and works on them side by side.</summary>
    internal static T[] OverSeeds<T>(string dataset, double alpha, IReadOnlyList<long> seeds, Func<ProbitArchive, int, T> work)
    {
        string[] files = [.. seeds.Select(seed => WorkbookFolder.Probits(dataset, alpha, seed))];
        foreach (string file in files)
            if (!File.Exists(file)) throw new FileNotFoundException(FormattableString.Invariant($"no ensemble of {dataset} with α = {alpha} is embedded as {file}"));
        return SideBySide.Run(files.Length, i =>
        {
            using var archive = ProbitArchive.Read(files[i]);
            return work(archive, i);
        });
    }
}
