using System.CommandLine;
using RobustInference.Aggregators;
using RobustInference.Paper;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Running;
using RobustInference.Training;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook evaluate FILE.npz</c>: Table 2 for anyone's ensemble.</summary>
public static class EvaluateCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE.npz")
        {
            Description =
                "An ensemble's answers: test_logits, test_labels and perhaps val_logits, val_labels; or logits or probits, and labels.",
        };
        var corrupted = Options.RequiredWhole("--corrupted", 0, "f, how many clients may lie; fewer than half.");
        var who = Options.Wholes(
            "--corrupted-clients",
            "Which clients lie, counted from 0, such as 3,7,9,16; a draw with seed 0 unless given."
        );
        var aggregator = new Option<string?>("--aggregator")
        {
            Description = "A trained aggregator, from 'workbook aggregator train'.",
            HelpName = "FILE.safetensors",
        };
        var suite = new Option<string>("--suite")
        {
            Description =
                "paper is the paper's six attacks, strong also everything else that is known to work, in sequence on what they leave.",
            DefaultValueFactory = _ => "paper",
        };
        suite.AcceptOnlyFromAmong("paper", "strong");
        var json = Options.Json();
        var command = new Command("evaluate", "Attack every aggregator on an ensemble's answers.")
        {
            file,
            corrupted,
            who,
            aggregator,
            suite,
            json,
        };
        command.SetAction(
            (parse, cancel) =>
                Task.Run(
                    () =>
                        Evaluate(
                            parse.GetRequiredValue(file),
                            parse.GetRequiredValue(corrupted),
                            parse.Given(who),
                            parse.GetValue(aggregator),
                            parse.GetRequiredValue(suite) == "strong",
                            parse.GetValue(json),
                            cancel
                        ),
                    CancellationToken.None
                )
        );
        return command.WithExample(
            "./workbook evaluate data/probits/cifar10-a0.5-s0.npz --corrupted 4",
            "./workbook evaluate data/probits/cifar10-a0.5-s0.npz --corrupted 4 --suite strong",
            "./workbook evaluate mine.npz --corrupted 4 --corrupted-clients 3,7,9,16 --aggregator deepset.safetensors --json"
        );
    }

    static int Evaluate(
        string file,
        int corrupted,
        int[]? who,
        string? aggregator,
        bool strong,
        bool json,
        CancellationToken cancel
    )
    {
        using var archive = ProbitArchive.Read(file);
        var threat = Threat(archive.Test.Clients, corrupted, who);
        var given = aggregator is null ? null : Trained(aggregator, archive.Test, threat);
        if (archive.Validation is null)
            Screen.Remark(
                $"{file} has no validation data (val_logits, val_labels): CPA is left out"
                    + (aggregator is null ? ", and DeepSet-TM too, since it needs --aggregator." : ".")
            );
        var experiment = new EnsembleExperiment(archive, threat, 0);
        var (cache, recipe) = (new DeepSetCache(WorkbookFolder.TrainedAggregators), new DeepSetRecipe(corrupted));
        var reports = StageScreen.Watch(
            [Path.GetFileName(file)],
            screen =>
                given is not null || archive.Validation is null
                    ? experiment.Evaluate(given, (stage, done) => screen.Report(0, stage, done), cancel)
                    : experiment.Run(cache, recipe, (stage, done) => screen.Report(0, stage, done), cancel)
        );
        var further = !strong
            ? null
            : StageScreen.Watch(
                [Path.GetFileName(file)],
                screen =>
                {
                    var trained =
                        given
                        ?? (
                            archive.Validation is null
                                ? null
                                : new TrainedDeepSet(
                                    cache.Get(recipe, archive.Validation, null, cancel),
                                    corrupted,
                                    corrupted,
                                    IsCertified: false
                                )
                        );
                    return experiment.Strong(trained, reports, (stage, done) => screen.Report(0, stage, done), cancel);
                }
            );
        var table = new RobustnessTable(
            Path.GetFileNameWithoutExtension(file),
            null,
            threat.Clients,
            threat.Count,
            [0],
            [reports],
            further is null ? null : [further]
        );
        ResultDocument.Show(
            table,
            $"{Path.GetFileName(file)}: n = {threat.Clients}, f = {threat.Count}, corrupted clients {string.Join(", ", threat.Corrupted)}",
            json
        );
        return 0;
    }

    /// <summary>The named clients, or a draw with seed 0.</summary>
    /// <exception cref="ArgumentException">Their number is not f, an index is out of range, or f ≥ n/2.</exception>
    public static ThreatModel Threat(int clients, int corrupted, int[]? who)
    {
        if (who is null)
            return ThreatModel.Draw(clients, corrupted, 0);
        if (who.Length != corrupted)
            throw new ArgumentException($"--corrupted is {corrupted}, but --corrupted-clients names {who.Length}");
        return new ThreatModel(clients, who);
    }

    internal static TrainedDeepSet Trained(string path, ProbitSet test, ThreatModel threat)
    {
        var trained = DeepSetFile.Read(path);
        if (trained.Network.Classes != test.Classes)
            throw new InvalidDataException(
                $"{path}: was trained for {trained.Network.Classes} classes, the answers have {test.Classes}"
            );
        if (2 * trained.Trim >= test.Clients)
            throw new InvalidDataException(
                $"{path}: trims {trained.Trim} rows on each side, too many for {test.Clients} clients"
            );
        if (trained.Corrupted != threat.Count)
            Screen.Remark(
                $"{path} was trained for f = {trained.Corrupted}; its trim stays {trained.Trim}, here f = {threat.Count}."
            );
        return trained;
    }
}
