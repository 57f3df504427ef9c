using RobustInference.Experiments;
using System.CommandLine;
using Workbook.Terminal;

namespace Workbook.Verbs;

/// <summary><c>./workbook table 2</c>: the paper's tables from the embedded probits, published numbers beside ours.</summary>
public static class TableVerb
{
    public static Command Create()
    {
        var number = new Argument<string>("number") { Description = "Which table of the paper: 1 or 2." };
        number.AcceptOnlyFromAmong("1", "2");
        var dataset = new Option<string>("--dataset") { Description = "cifar10.", DefaultValueFactory = _ => "cifar10" };
        var alpha = Options.Positive("--alpha", 0.5, "Concentration of the partition.");
        var seeds = Options.Wholes("--seeds", "Seeds, such as 0,1; those that are embedded unless given.");
        var profile = Options.Profile("full");
        var json = Options.Json();
        var command = new Command("table", "Print a table of the paper from the embedded probits; aggregators are trained on the spot, once.") { number, dataset, alpha, seeds, profile, json };
        command.SetAction((parse, cancel) => Task.Run(() =>
        {
            var (images, concentration) = (parse.GetRequiredValue(dataset), parse.GetRequiredValue(alpha));
            IReadOnlyList<long> chosen = parse.Given(seeds)?.Select(seed => (long)seed).ToArray()
                ?? (parse.GetRequiredValue(profile) == "quick" ? [0] : TableTwo.EmbeddedSeeds(images, concentration));
            return Print(parse.GetRequiredValue(number), images, concentration, chosen, parse.GetValue(json), cancel);
        }, CancellationToken.None));
        return command.WithExample("./workbook table 1", "./workbook table 2 --dataset cifar10", "./workbook table 2 --dataset cifar10 --seeds 0,1 --json");
    }

    /// <summary>Prints the table for the given seeds.</summary>
    public static int Print(string number, string dataset, double alpha, IReadOnlyList<long> seeds, bool json, CancellationToken cancel)
    {
        if (seeds.Count == 0) throw new FileNotFoundException(FormattableString.Invariant($"no ensemble of {dataset} with α = {alpha} is embedded; 'workbook evaluate' takes your own"));
        string[] bars = [.. seeds.Select(seed => $"seed {seed}")];
        if (number == "1")
        {
            var ablation = StageScreen.Watch(bars, screen => TableOne.Run(dataset, alpha, seeds, screen.Report, cancel));
            ResultDocument.Show(ablation.Rows(), ablation.ToTable, json);
            return 0;
        }
        var table = StageScreen.Watch(bars, screen => TableTwo.Run(dataset, alpha, seeds, screen.Report, cancel));
        ResultDocument.Show(table, FormattableString.Invariant($"Table 2, {PublishedNumbers.PaperName(dataset)}: α = {alpha}, n = {table.Clients}, f = {table.Corrupted}"), json);
        return 0;
    }
}
