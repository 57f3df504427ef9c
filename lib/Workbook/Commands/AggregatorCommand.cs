using System.CommandLine;
using RobustInference.Catalogue;
using RobustInference.Inputs;
using RobustInference.Networks;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Training;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook aggregator</c>: trained rules for anyone's ensemble, and their use.</summary>
public static class AggregatorCommand
{
    public static Command Create() =>
        new("aggregator", "Train an aggregator, and answer queries with one.")
        {
            CreateTrain(),
            ApplyCommand.Create(),
            ExportCommand.Create(),
            FrontierCommand.Create(),
        };

    static Command CreateTrain()
    {
        var adversarial = DeepSetRecipe.Balanced(0);
        var parts = new RecipeOptions();
        CertifiedRecipe certified = new(0);
        CertifiedVoteRecipe vote = new(0);
        CalibrationRecipe calibrated = new();
        var input = new InputArguments();
        var corrupted = Options.RequiredWhole(
            "--corrupted",
            0,
            "Number of corrupted clients f (f < n/2); also the trim of DeepSet-TM."
        );
        var kind = new Option<string>("--kind")
        {
            Description =
                "adversarial is Algorithm 1 of the paper; certified puts the certificate's bound in the "
                + "loss (CertifiedDeepSet); vote trains one vote per client with its certificate in the loss "
                + "(CertifiedVote); calibrated fits what each client's answers are worth and takes the median, or "
                + "with --trim the trimmed mean (Calibrated CWMed, Calibrated CWTM).",
            DefaultValueFactory = _ => "adversarial",
        };
        kind.AcceptOnlyFromAmong("adversarial", "certified", "vote", "calibrated");
        var adversary = new Option<string>("--adversary")
        {
            Description =
                "certified, vote: threat model in the loss, a fixed set of clients or any f per sample (default for "
                + "vote: any, which certifies more of both).",
            DefaultValueFactory = _ => "fixed",
        };
        adversary.AcceptOnlyFromAmong("fixed", "any");
        var seed = Options.Whole("--seed", 0, 0, "Random seed.");
        var hidden = Optional(
            "--hidden",
            1,
            $"Hidden width h of the DeepSet (default: the recipe's, mostly {adversarial.Hidden} as in the paper, "
                + "which has 224 for CIFAR-100)."
        );
        var decoder = Options.Whole("--decoder", 1, certified.Decoder, "certified: hidden width of the decoder μ.");
        var passes = Optional(
            "--passes",
            1,
            $"Passes over the training part of the validation data (default: the recipe's; "
                + $"certified: {certified.Passes}; vote: {vote.Passes})."
        );
        var members = Optional(
            "--members",
            1,
            $"adversarial, vote: networks that are averaged (default: the recipe's; vote: {vote.Members})."
        );
        var trim = Optional(
            "--trim",
            0,
            "certified: rows trimmed on each side, from f to (n-1)/2 (default: halfway between the two); calibrated: "
                + "of the trimmed mean, under n/2 (default: the median)."
        );
        var cost = Options.NotNegative(
            "--cost",
            0,
            "certified, and vote with --weights: by how many points the clean accuracy may fall under the "
                + "plain mean's on "
                + "training rows; the weight follows. "
                + FormattableString.Invariant(
                    $"{100 * CertifiedRecipe.Default(0, Adversary.Fixed).Cost} for fixed by default, if "
                )
                + "neither cost nor weight is given."
        );
        cost.DefaultValueFactory = null;
        var weight = Options.NotNegative(
            "--weight",
            0,
            "certified, vote: weight of the worst case in the loss, 0 to 1; more is safer and less "
                + FormattableString.Invariant(
                    $"accurate. {CertifiedRecipe.Default(0, Adversary.Any).Weight} for any by default, if "
                )
                + FormattableString.Invariant($"neither cost nor weight is given; {vote.Weight} for vote.")
        );
        weight.DefaultValueFactory = null;
        var floor = Options.NotNegative(
            "--floor",
            100 * vote.Floor,
            "vote: percent of every class that shall be certified; a class with less counts more in the loss, so that "
                + "none is given up."
        );
        var weights = Options.Wholes(
            "--weights",
            "vote: weights in percent, such as 60,80,100, of which the one is chosen that certifies most on "
                + "held-out data at a clean accuracy no lower than the plain mean's there less --cost; it is then "
                + "trained on all validation data."
        );
        var heldOut = Options.NumberIfGiven(
            "--held-out",
            share => share is >= 0 and < 1,
            "at least 0 and under 1",
            "Share of the validation data that is not trained on: adversarial chooses the pass by it "
                + FormattableString.Invariant($"(default: the recipe's), certified only measures on it (default: ")
                + FormattableString.Invariant($"{certified.HeldOut}), and so do vote and calibrated (default: 0).")
        );
        var rate = Options.Positive(
            "--learning-rate",
            1,
            FormattableString.Invariant($"Learning rate of Adam, annealed to 0 by a cosine (default: the recipe's; ")
                + FormattableString.Invariant($"certified: {certified.LearningRate}; calibrated: ")
                + FormattableString.Invariant($"{calibrated.LearningRate}).")
        );
        rate.DefaultValueFactory = null;
        var sharpness = Options.Positive(
            "--sharpness",
            calibrated.Sharpness,
            "calibrated: exponent of the calibrated probabilities; 1 leaves them as they were fitted."
        );
        var output = Options.RequiredOutput("FILE.safetensors", "The file to write.");
        var command = new Command(
            "train",
            "Train an aggregator on the validation data of an ensemble: adversarially (Algorithm 1), for its "
                + "certificate, or by calibrating its clients. An option that names kinds is for these alone."
        )
        {
            corrupted,
            kind,
            adversary,
            seed,
            hidden,
            decoder,
            passes,
            members,
            trim,
            cost,
            weight,
            floor,
            weights,
            heldOut,
            rate,
            sharpness,
            output,
        };
        foreach (var option in parts.All)
            command.Options.Add(option);
        input.AddTo(command);
        command.SetAction(
            (parse, cancel) =>
                Task.Run(
                    () =>
                    {
                        double? share = parse.GetValue(heldOut);
                        var picker = parse.GetRequiredValue(adversary) == "any" ? Adversary.Any : Adversary.Fixed;
                        double? points = Given(cost),
                            pull = Given(weight);
                        var defaults = CertifiedRecipe.Default(parse.GetRequiredValue(corrupted), picker);
                        if (pull > 1)
                            throw new ArgumentException(
                                FormattableString.Invariant($"--weight is {pull}; it must be at most 1")
                            );
                        string target = parse.GetRequiredValue(output);
                        using var answers = input.Read(parse);
                        if (parse.GetRequiredValue(kind) == "adversarial")
                        {
                            var recipe = parts.Of(
                                parse,
                                parse.GetRequiredValue(corrupted),
                                answers.Archive.Validation?.Views.Count > 0
                            );
                            return TrainAdversarially(
                                answers,
                                recipe with
                                {
                                    Seed = parse.GetRequiredValue(seed),
                                    Hidden = Given(hidden) ?? recipe.Hidden,
                                    Passes = Given(passes) ?? recipe.Passes,
                                    Members = Given(members) ?? recipe.Members,
                                    LearningRate = Given(rate) ?? recipe.LearningRate,
                                    HeldOut = share ?? recipe.HeldOut,
                                },
                                target,
                                cancel
                            );
                        }
                        if (parse.GetRequiredValue(kind) == "calibrated")
                            return CalibratedTraining.Run(
                                answers,
                                calibrated with
                                {
                                    Sharpness = parse.GetRequiredValue(sharpness),
                                    LearningRate = Given(rate) ?? calibrated.LearningRate,
                                },
                                parse.GetRequiredValue(corrupted),
                                Given(trim),
                                share ?? 0,
                                parse.GetRequiredValue(seed),
                                target,
                                cancel
                            );
                        if (parse.GetRequiredValue(kind) == "vote")
                            return VoteTraining.Run(
                                answers,
                                vote with
                                {
                                    Corrupted = parse.GetRequiredValue(corrupted),
                                    Adversary = parse.GetResult(adversary) is { Implicit: false }
                                        ? picker
                                        : vote.Adversary,
                                    Seed = parse.GetRequiredValue(seed),
                                    Hidden = Given(hidden) ?? vote.Hidden,
                                    Members = Given(members) ?? vote.Members,
                                    Passes = Given(passes) ?? vote.Passes,
                                    Weight = pull ?? vote.Weight,
                                    Floor = parse.GetRequiredValue(floor) / 100,
                                    LearningRate = Given(rate) ?? vote.LearningRate,
                                    HeldOut = share ?? vote.HeldOut,
                                },
                                parse.Given(weights)?.Select(percent => percent / 100.0).ToArray(),
                                points / 100 ?? 0,
                                target,
                                cancel
                            );
                        return TrainCertified(
                            answers,
                            defaults with
                            {
                                Trim = Given(trim),
                                Seed = parse.GetRequiredValue(seed),
                                Hidden = Given(hidden) ?? defaults.Hidden,
                                Decoder = parse.GetRequiredValue(decoder),
                                Passes = Given(passes) ?? defaults.Passes,
                                Weight = pull ?? defaults.Weight,
                                Cost = points is null && pull is null ? defaults.Cost : points / 100,
                                LearningRate = Given(rate) ?? defaults.LearningRate,
                                HeldOut = share ?? defaults.HeldOut,
                            },
                            target,
                            cancel
                        );

                        T? Given<T>(Option<T> option)
                            where T : struct =>
                            parse.GetResult(option) is { Implicit: false } ? parse.GetRequiredValue(option) : null;
                    },
                    CancellationToken.None
                )
        );
        return command.WithExample(
            "./workbook aggregator train data/probits/cifar10-a0.5-s0.npz --corrupted 4 --out "
                + "artifacts/deepset.safetensors",
            "./workbook aggregator train data/probits/cifar10-a0.5-s0.npz --corrupted 4 --recipe robust --out "
                + "artifacts/robust.safetensors",
            "./workbook aggregator train data/probits/cifar10-a0.5-s0.npz --corrupted 4 --kind certified "
                + "--adversary any --out artifacts/certified.safetensors",
            "./workbook aggregator train data/probits/cifar10-a0.5-s0.npz --corrupted 4 --kind vote --out "
                + "artifacts/vote.safetensors",
            "./workbook aggregator train data/probits/cifar10-a0.5-s0.npz --corrupted 4 --kind calibrated "
                + "--held-out 0.2 --out artifacts/calibrated.safetensors"
        );
    }

    /// <summary>A whole number whose default depends on the kind.</summary>
    static Option<int> Optional(string name, int least, string description)
    {
        var option = Options.Whole(name, least, 0, description);
        option.DefaultValueFactory = null;
        return option;
    }

    static int TrainAdversarially(InputEnsemble answers, DeepSetRecipe recipe, string output, CancellationToken cancel)
    {
        var archive = Open(answers, recipe.Corrupted, output);
        var cache = new DeepSetCache(WorkbookFolder.TrainedAggregators);
        string kept = cache.PathOf(recipe, archive.Validation!);
        bool isKept = File.Exists(kept);
        double? best = null;
        using var network = Watch(
            RuleId.DeepSet,
            recipe.Corrupted,
            recipe.AllPasses,
            pass => best = pass.HeldOut is { } heldOut ? Math.Max(best ?? 0, heldOut) : best,
            () => best is { } share ? $", best held-out worst case {100 * share:0.0} %" : "",
            watcher => cache.Get(recipe, archive.Validation!, watcher, cancel)
        );
        DeepSetFile.Write(output, network, recipe.Corrupted);
        Console.Out.WriteLine(
            isKept ? $"{output}: trained before, read from {Path.GetRelativePath(Environment.CurrentDirectory, kept)}"
            : best is { } share
                ? FormattableString.Invariant($"{output}: worst case {100 * share:0.0} % on held-out validation data")
            : $"{output}: trained on all validation data"
        );
        return 0;
    }

    static int TrainCertified(InputEnsemble answers, CertifiedRecipe recipe, string output, CancellationToken cancel)
    {
        var archive = Open(answers, recipe.Corrupted, output);
        var validation = archive.Validation!;
        double? last = null;
        var training = new CertifiedTraining(recipe);
        var trained = Watch(
            RuleId.CertifiedDeepSet,
            recipe.Corrupted,
            recipe.Passes,
            pass => last = pass.HeldOut ?? last,
            () => last is null ? "" : $", held-out certified {100 * last:0.0} %",
            watcher =>
                new CertifiedDeepSetCache(WorkbookFolder.TrainedAggregators).Get(recipe, validation, watcher, cancel)
        );
        using var network = trained.Network;
        DeepSetFile.Write(output, trained);
        var held = training.Split(validation).HeldOut;
        if (held.Length == 0)
        {
            Console.Out.WriteLine($"{output}: t = {trained.Trim}, trained on all validation data");
            return 0;
        }
        using var unseen = validation.Select(held);
        var (clean, sure, ofClass) = training.Measure(network, unseen);
        Console.Out.WriteLine(
            FormattableString.Invariant(
                $"{output}: t = {trained.Trim}, certified {100 * sure:0.0} % at {100 * clean:0.0} % clean on held-out "
            ) + "validation data"
        );
        CertifiedClasses.Say(recipe.Adversary == Adversary.Fixed ? "fixed" : "any", ofClass);
        return 0;
    }

    internal static ProbitArchive Open(InputEnsemble answers, int corrupted, string output)
    {
        var validation =
            answers.Archive.Validation
            ?? throw new InvalidDataException(
                $"{answers.Path}: holds no val_logits and val_labels; training uses nothing else; --split makes a "
                    + "validation part, --validation names one"
            );
        _ = ThreatModel.Draw(validation.Clients, corrupted, 0);
        return answers.Archive;
    }

    internal static T Watch<T>(
        string what,
        int corrupted,
        int passes,
        Action<PassProgress> hear,
        Func<string> heldOut,
        Func<IProgress<PassProgress>, T> train,
        string step = "pass"
    ) =>
        StageScreen.Watch(
            [$"{what}, f = {corrupted}"],
            screen =>
                train(
                    new PassWatcher(pass =>
                    {
                        hear(pass);
                        screen.Report(
                            0,
                            FormattableString.Invariant(
                                $"{step} {pass.Pass} of {passes}, loss {pass.Loss:F3}{heldOut()}"
                            ),
                            (double)pass.Pass / passes
                        );
                    })
                )
        );
}
