using System.CommandLine;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Running;
using RobustInference.Training;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook aggregator frontier</c>: what certified or adversarial training gives for what it costs,
/// recipe by recipe.</summary>
public static class FrontierCommand
{
    public static Command Create()
    {
        CertifiedRecipe plain = new(0);
        var parts = new RecipeOptions();
        var kind = new Option<string>("--kind")
        {
            Description =
                "certified: CertifiedDeepSet, clean against certified accuracy; adversarial: DeepSet-TM by Algorithm "
                + "1, clean against the paper's six attacks, on held-out data, with the static rules beside.",
            DefaultValueFactory = _ => "certified",
        };
        kind.AcceptOnlyFromAmong("certified", "adversarial");
        var rates = Options.Numbers(
            "--learning-rates",
            "adversarial: several learning rates, such as 1e-3,2e-4 (default: the recipe's)."
        );
        var lengths = Options.Wholes(
            "--passes-each",
            "adversarial: several numbers of passes, such as 30,60 (default: the recipe's)."
        );
        var counts = Options.Wholes(
            "--members-each",
            "adversarial: several numbers of networks that are averaged, such as 1,3 (default: the recipe's)."
        );
        var splits = Options.Whole(
            "--splits",
            1,
            2,
            "adversarial: splits of the validation data; each recipe is trained on each."
        );
        var drawing = new Option<string?>("--svg")
        {
            Description = "adversarial: also draw clean against robust accuracy into this file.",
            HelpName = "FILE.svg",
        };
        var file = new Argument<string>("FILE.npz")
        {
            Description = "An ensemble's answers with val_logits and val_labels.",
        };
        var corrupted = Options.RequiredWhole("--corrupted", 0, "Number of corrupted clients f (f < n/2).");
        var who = Options.Wholes(
            "--corrupted-clients",
            "Indices of the corrupted clients in the test figures, counted from 0 (default: drawn with seed 0)."
        );
        var adversary = new Option<string>("--adversary")
        {
            Description = "Threat model: a fixed set of clients, or any f per sample.",
            DefaultValueFactory = _ => "fixed",
        };
        adversary.AcceptOnlyFromAmong("fixed", "any");
        var weights = Options.Wholes(
            "--weights",
            "Weights of the worst case in the loss, in percent, such as 40,60,80 (default: the recipe's)."
        );
        var costs = Options.Wholes(
            "--costs",
            "In place of weights: by how many percent points the clean accuracy may fall under the plain "
                + "mean's on training rows, such as 2,5,8."
        );
        var trims = Options.Wholes("--trims", "Trims t, such as 4,6,8 (default: halfway between f and (n-1)/2).");
        var seed = Options.Whole("--seed", 0, 0, "Of initial weights, order and corrupted sets.");
        var hidden = Options.Whole(
            "--hidden",
            1,
            plain.Hidden,
            "Width h; adversarial: the recipe's, unless it is given."
        );
        var decoder = Options.Whole("--decoder", 1, plain.Decoder, "Width of the part behind the trimmed mean.");
        var passes = Options.Whole("--passes", 1, plain.Passes, "certified: passes over the training part.");
        var rate = Options.Positive(
            "--learning-rate",
            plain.LearningRate,
            "certified: of Adam, annealed to 0 by a cosine."
        );
        var heldOut = Options.NotNegative(
            "--held-out",
            0.2,
            "Share of the validation data that recipes are chosen by, 0 to 1; 0 trains the chosen recipe on all of it."
        );
        var test = new Option<bool>("--test")
        {
            Description = "Measure on the test set too: at the end, nothing is chosen by it.",
        };
        var output = Options.Output("FILE.json", "A JSON file that the points are added to, each when it is done.");
        var json = Options.Json();
        var command = new Command(
            "frontier",
            "Training with several recipes: clean against certified accuracy, or against the paper's attacks."
        )
        {
            file,
            kind,
            corrupted,
            who,
            adversary,
            weights,
            costs,
            trims,
            seed,
            hidden,
            decoder,
            passes,
            rate,
            heldOut,
            test,
            rates,
            lengths,
            counts,
            splits,
            drawing,
            output,
            json,
        };
        foreach (var option in parts.All)
            command.Options.Add(option);
        command.SetAction(
            (parse, cancel) =>
                Task.Run(
                    () =>
                    {
                        if (parse.GetRequiredValue(kind) == "adversarial")
                        {
                            var start = parts.Of(parse, parse.GetRequiredValue(corrupted)) with
                            {
                                Seed = parse.GetRequiredValue(seed),
                            };
                            if (parse.GetResult(hidden) is { Implicit: false })
                                start = start with { Hidden = parse.GetRequiredValue(hidden) };
                            return AdversarialFrontierRun.Run(
                                parse.GetRequiredValue(file),
                                [
                                    .. from rate in parse.Given(rates) ?? [start.LearningRate]
                                    from length in parse.Given(lengths) ?? [start.Passes]
                                    from count in parse.Given(counts)?.Select(c => (int?)c) ?? [start.Members]
                                    select start with
                                    {
                                        LearningRate = rate,
                                        Passes = Math.Max(1, length),
                                        Members = count is > 1 ? count : null,
                                    },
                                ],
                                parse.GetRequiredValue(splits),
                                parse.GetValue(output),
                                parse.GetValue(drawing),
                                parse.GetValue(json),
                                cancel
                            );
                        }
                        if (parse.GetRequiredValue(heldOut) >= 1)
                            throw new ArgumentException(
                                $"--held-out is {parse.GetRequiredValue(heldOut)}; it must be under 1"
                            );
                        if (parse.Given(weights)?.FirstOrDefault(percent => percent > 100) is > 100 and var much)
                            throw new ArgumentException($"--weights names {much}; a weight is at most 100 percent");
                        var common = CertifiedRecipe.Default(
                            parse.GetRequiredValue(corrupted),
                            parse.GetRequiredValue(adversary) == "any" ? Adversary.Any : Adversary.Fixed
                        ) with
                        {
                            Seed = parse.GetRequiredValue(seed),
                            Hidden = parse.GetRequiredValue(hidden),
                            Decoder = parse.GetRequiredValue(decoder),
                            Passes = parse.GetRequiredValue(passes),
                            BatchSize = parts.Batch(parse) ?? plain.BatchSize,
                            Mixed = parts.Mixed(parse) ?? plain.Mixed,
                            LearningRate = parse.GetRequiredValue(rate),
                            HeldOut = parse.GetRequiredValue(heldOut),
                        };
                        CertifiedRecipe[] recipes =
                        [
                            .. from trim in parse.Given(trims)?.Select(t => (int?)t) ?? [null]
                            from recipe in parse
                                .Given(weights)
                                ?.Select(percent => common with { Weight = percent / 100.0, Cost = null })
                                ?? parse.Given(costs)?.Select(points => common with { Cost = points / 100.0 })
                                ?? [common]
                            select recipe with
                            {
                                Trim = trim,
                            },
                        ];
                        return Measure(
                            parse.GetRequiredValue(file),
                            recipes,
                            parse.Given(who),
                            parse.GetValue(test),
                            parse.GetValue(output),
                            parse.GetValue(json),
                            cancel
                        );
                    },
                    CancellationToken.None
                )
        );
        return command.WithExample(
            "./workbook aggregator frontier data/probits/cifar10-a0.5-s0.npz --corrupted 4 --weights "
                + "40,60,80 --out artifacts/frontier.json",
            "./workbook aggregator frontier data/probits/cifar10-a0.5-s0.npz --corrupted 4 --kind adversarial "
                + "--learning-rates 1e-3,2e-4 --passes-each 30,60 --svg frontier.svg"
        );
    }

    static int Measure(
        string file,
        CertifiedRecipe[] recipes,
        int[]? who,
        bool test,
        string? output,
        bool json,
        CancellationToken cancel
    )
    {
        using var archive = ProbitArchive.Read(file);
        var threat = ComparedRules.ThreatOf(archive.Test.Clients, recipes[0].Corrupted, who);
        string name = Path.GetFileNameWithoutExtension(file);
        var cache = new CertifiedDeepSetCache(WorkbookFolder.TrainedAggregators);
        var frontier = new CertifiedFrontier(name, threat.Clients, threat.Corrupted, []);
        if (output is not null)
            frontier = frontier.ReadOrEmpty(output);
        foreach (var recipe in recipes)
            _ = recipe.TrimOf(threat.Clients);
        StageScreen.Watch(
            [
                .. recipes.Select(recipe =>
                    $"t = {recipe.TrimOf(threat.Clients)}, "
                    + (
                        recipe.Cost is { } cost
                            ? FormattableString.Invariant($"cost {100 * cost:0.#}")
                            : FormattableString.Invariant($"weight {recipe.Weight}")
                    )
                ),
            ],
            screen =>
            {
                for (int i = 0; i < recipes.Length; i++)
                {
                    int bar = i;
                    var watcher = new PassWatcher(pass =>
                        screen.Report(
                            bar,
                            FormattableString.Invariant(
                                $"pass {pass.Pass} of {recipes[bar].Passes}, loss {pass.Loss:F3}"
                            ),
                            (double)pass.Pass / recipes[bar].Passes
                        )
                    );
                    var point = CertifiedFrontier.Measure(recipes[i], archive, threat, test, cache, watcher, cancel);
                    frontier = output is null ? frontier.With(point) : frontier.AddTo(output, point);
                }
                return 0;
            }
        );
        if (json)
            Screen.Json(frontier);
        else
            ResultDocument.Show(frontier.ToTable());
        return 0;
    }
}
