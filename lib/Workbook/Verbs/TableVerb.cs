using System.CommandLine;
using RobustInference.Experiments;
using RobustInference.Probits;
using RobustInference.Training;
using Workbook.Repository;
using Workbook.Terminal;

namespace Workbook.Verbs;

/// <summary><c>./workbook table 2</c>: the paper's tables from the embedded probits, published numbers beside ours.</summary>
public static class TableVerb
{
    const int Corrupted = 4;
    static readonly long[] EmbeddedSeeds = [0, 1, 2];

    public static Command Create()
    {
        var number = new Argument<string>("number") { Description = "Which table of the paper: 2." };
        number.AcceptOnlyFromAmong("2");
        var dataset = new Option<string>("--dataset") { Description = "cifar10.", DefaultValueFactory = _ => "cifar10" };
        var alpha = Options.Positive("--alpha", 0.5, "Concentration of the partition.");
        var seeds = Options.Wholes("--seeds", "Seeds, such as 0,1; those that are embedded unless given.");
        var profile = Options.Profile("full");
        var json = Options.Json();
        var command = new Command("table", "Print a table of the paper from the embedded probits; aggregators are trained on the spot, once.") { number, dataset, alpha, seeds, profile, json };
        command.SetAction((parse, cancel) => Task.Run(() =>
        {
            long[]? chosen = parse.GetValue(seeds)?.Select(seed => (long)seed).ToArray();
            return Print(parse.GetRequiredValue(dataset), parse.GetRequiredValue(alpha), chosen ?? (parse.GetRequiredValue(profile) == "quick" ? [0] : EmbeddedSeeds), parse.GetValue(json), cancel);
        }, CancellationToken.None));
        return command.WithExample("./workbook table 2 --dataset cifar10", "./workbook table 2 --dataset cifar10 --seeds 0,1 --json");
    }

    /// <summary>Table 2 for the given seeds: an ensemble a seed, as many side by side as there are processors.</summary>
    public static int Print(string dataset, double alpha, long[] seeds, bool json, CancellationToken cancel)
    {
        string[] files = [.. seeds.Select(seed => WorkbookFolder.Probits(dataset, alpha, seed))];
        if (files.FirstOrDefault(file => !File.Exists(file)) is { } missing)
            throw new FileNotFoundException($"there are no probits of {dataset} with α = {alpha} and this seed: {missing}");
        var cache = new DeepSetCache(WorkbookFolder.TrainedAggregators);
        int clients = 0;
        var reports = StageScreen.Watch([.. seeds.Select(seed => $"seed {seed}")], screen => SideBySide.Run(seeds.Length, i =>
        {
            using var archive = ProbitArchive.Read(files[i]);
            clients = archive.Test.Clients;
            var experiment = new EnsembleExperiment(archive, ThreatModel.Draw(clients, Corrupted, seeds[i]), seeds[i]);
            return experiment.Run(cache, new DeepSetRecipe(Corrupted, seeds[i]), (stage, done) => screen.Report(i, stage, done), cancel);
        }));
        var table = new AggregatorTable(dataset, alpha, clients, Corrupted, seeds, reports);
        ResultDocument.Show(table, FormattableString.Invariant($"Table 2, {PublishedNumbers.PaperName(dataset)}: α = {alpha}, n = {clients}, f = {Corrupted}"), json);
        return 0;
    }
}
