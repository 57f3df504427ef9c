using System.CommandLine;
using RobustInference.Paper;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Running;
using RobustInference.Training;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook table 2</c>: the paper's tables, published numbers beside ours. Recorded results are read;
/// what is missing is run and recorded.</summary>
public static class TableCommand
{
    static readonly string[] Numbers = ["1", "2", "3", "6", "7", "10", Drawn, Guarantees];

    const string Guarantees = "certified",
        Drawn = "draws",
        None = "none";

    public static Command Create()
    {
        var number = new Argument<string>("number")
        {
            Description =
                $"Which table of the paper: {string.Join(", ", Numbers[..^2])}; or {Drawn}: Table 2 over several "
                + $"draws of the corrupted clients; or {Guarantees}: clean, strong suite and certified accuracy of "
                + "every rule.",
        };
        number.AcceptOnlyFromAmong(Numbers);
        var dataset = new Option<string?>("--dataset")
        {
            Description = "cifar10, cifar100 or agnews (default: cifar10; Table 3: cifar100).",
            HelpName = "NAME",
        };
        var model = new Option<string?>("--model")
        {
            Description =
                $"What kind of client answered; {ClientPreset.First(readsTexts: false).Name} on images and "
                + $"{ClientPreset.First(readsTexts: true).Name} on texts by default.",
        };
        model.AcceptOnlyFromAmong([.. ClientPreset.All.Select(preset => preset.Name)]);
        var alpha = Options.OptionalPositive(
            "--alpha",
            "Concentration α of the Dirichlet partition (default: that of the paper's table)."
        );
        var seeds = Options.Wholes(
            "--seeds",
            "Random seeds, such as 0,1 (default: those that are at hand or recorded)."
        );
        var profile = Options.Profile("full");
        var suite = new Option<string>("--suite")
        {
            Description =
                "paper is the paper's six attacks; strong adds the strong suite to Tables 2, 6 and 7, "
                + $"minutes a rule and seed; none leaves it out of {Guarantees}.",
            DefaultValueFactory = _ => "paper",
        };
        suite.AcceptOnlyFromAmong("paper", "strong", None);
        var adversary = new Option<string>("--adversary")
        {
            Description = $"{Guarantees}: threat model, a fixed set of clients or any f per sample.",
            DefaultValueFactory = _ => "fixed",
        };
        adversary.AcceptOnlyFromAmong("fixed", "any");
        var draws = Options.Whole(
            "--draws",
            1,
            DrawsTable.DefaultDraws,
            $"{Drawn}: how many draws of the corrupted clients, with the random seeds 0, 1, 2, …"
        );
        var recipe = new Option<string?>("--recipe")
        {
            Description =
                $"Tables 1, 2, 3, 6, 7, 10 and {Drawn}: how DeepSet-TM is trained (default: balanced; on AG-News "
                + "authors; on CIFAR-100 first, whose results are recorded; for resnet8-views augmented).",
        };
        recipe.AcceptOnlyFromAmong([.. DeepSetRecipe.Names]);
        var folders = Options.Ensembles();
        var json = Options.Json();
        var command = new Command(
            "table",
            "Print a table of the paper. Recorded results are read; what is missing is run where its "
                + "ensemble is here, and aggregators are trained on the spot, once."
        )
        {
            number,
            dataset,
            model,
            alpha,
            seeds,
            profile,
            suite,
            adversary,
            draws,
            recipe,
            folders,
            json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(suite) == None && result.GetValue(number) != Guarantees)
                result.AddError($"--suite {None} is for the table {Guarantees}; take paper or strong.");
            if (result.GetResult(draws) is { Implicit: false } && result.GetValue(number) != Drawn)
                result.AddError($"--draws is for the table {Drawn}.");
        });
        command.SetAction(
            (parse, cancel) =>
                Task.Run(
                    () =>
                    {
                        string table = parse.GetRequiredValue(number);
                        var runner = new CellRunner(
                            ResultStore.OfWorkbook,
                            EnsembleSource.OfWorkbook(parse.GetValue(folders)),
                            WorkbookFolder.TrainedAggregators
                        );
                        var request = new Request(
                            runner,
                            table,
                            parse.GetValue(dataset) ?? (table == "3" ? "cifar100" : "cifar10"),
                            parse.GetValue(model),
                            parse.GetValue(alpha) ?? DefaultAlpha(table),
                            parse.Given(seeds)?.Select(seed => (long)seed).ToArray(),
                            parse.GetRequiredValue(profile) == "quick",
                            parse.GetRequiredValue(suite) == "strong",
                            parse.GetRequiredValue(suite) != None,
                            parse.GetRequiredValue(adversary) == "any" ? Adversary.Any : Adversary.Fixed,
                            parse.GetRequiredValue(draws),
                            parse.GetValue(recipe),
                            parse.GetValue(json),
                            cancel
                        );
                        return request.Print();
                    },
                    CancellationToken.None
                )
        );
        return command.WithExample(
            "./workbook table 1",
            "./workbook table 2 --dataset cifar10 --seeds 0,1 --json",
            "./workbook table 2 --dataset agnews --model bag",
            "./workbook table 2 --recipe authors",
            "./workbook table 3 --ensembles ~/cifar100",
            "./workbook table 10 --profile quick",
            "./workbook table draws --draws 5",
            "./workbook table certified --adversary any"
        );
    }

    static double DefaultAlpha(string table) =>
        table switch
        {
            "3" or "6" => 0.3,
            "7" => 0.8,
            _ => 0.5,
        };

    sealed record Request(
        CellRunner Runner,
        string Number,
        string Dataset,
        string? Model,
        double Alpha,
        long[]? Seeds,
        bool Quick,
        bool Strong,
        bool Attacked,
        Adversary Adversary,
        int Draws,
        string? Recipe,
        bool Json,
        CancellationToken Cancel
    )
    {
        public int Print()
        {
            switch (Number)
            {
                case "1":
                    Experiment One(IReadOnlyList<long> seeds) =>
                        AblationTable.Experiment(Dataset, Alpha, seeds).AnsweredBy(Model).TrainedBy(Recipe);
                    var one = One(Chosen(seed => One([seed])));
                    var ablation = Watch(one, report => AblationTable.Run(one, Runner, report, Cancel));
                    ResultDocument.Show(ablation.Rows(), ablation.ToTable, Json);
                    break;
                case "3":
                    var three = ScalabilityTable
                        .Experiment(
                            Dataset,
                            Alpha,
                            clients =>
                                Chosen(seed =>
                                    RobustnessExperiment
                                        .Experiment(
                                            Dataset,
                                            Alpha,
                                            [seed],
                                            clients,
                                            ScalabilityTable.Corrupted(clients)
                                        )
                                        .AnsweredBy(Model)
                                        .TrainedBy(Recipe)
                                )
                        )
                        .AnsweredBy(Model)
                        .TrainedBy(Recipe);
                    var sizes = Watch(three, report => ScalabilityTable.Run(three, Runner, report, Cancel));
                    ResultDocument.Show(sizes.Rows(), () => sizes.ToTable(three.Title), Json);
                    break;
                case "10":
                    Experiment Ten(IReadOnlyList<long> seeds) =>
                        AttackStepsTable.Experiment(Dataset, Alpha, seeds).AnsweredBy(Model).TrainedBy(Recipe);
                    var ten = Ten(Chosen(seed => Ten([seed])));
                    var steps = Watch(ten, report => AttackStepsTable.Run(ten, Runner, report, Cancel));
                    ResultDocument.Show(steps.Rows, () => steps.ToTable(ten.Title), Json);
                    break;
                case Drawn:
                    Experiment[] OverDraws(IReadOnlyList<long> seeds) =>
                        [
                            .. DrawsTable
                                .Experiments(Dataset, Alpha, seeds, Draws)
                                .Select(part => part.AnsweredBy(Model).TrainedBy(Recipe)),
                        ];
                    var drawn = OverDraws(RecordedOrChosen(seed => OverDraws([seed])));
                    var overDraws = Watch(drawn[0], report => DrawsTable.Run(drawn, Runner, report, Cancel));
                    ResultDocument.Show(overDraws.Rows(), () => overDraws.ToTable(drawn[0].Title), Json);
                    break;
                case Guarantees:
                    Experiment[] Guaranteed(IReadOnlyList<long> seeds) =>
                        [
                            .. CertificationSummary
                                .Experiments(Dataset, Alpha, seeds, Adversary, Attacked)
                                .Select(part => part.AnsweredBy(Model)),
                        ];
                    var parts = Guaranteed(RecordedOrChosen(seed => Guaranteed([seed])));
                    var guarantees = Watch(parts[0], report => CertificationSummary.Run(parts, Runner, report, Cancel));
                    ResultDocument.Show(guarantees.Rows, () => guarantees.ToTable(parts[0].Title), Json);
                    break;
                default:
                    var two = Two(Chosen(seed => Two([seed]))).WithKnowing(Runner);
                    ResultDocument.Show(
                        Watch(two, report => RobustnessExperiment.Run(two, Runner, report, Cancel)),
                        two.Title,
                        Json
                    );
                    break;
            }
            return 0;
        }

        Experiment Two(IReadOnlyList<long> seeds) =>
            RobustnessExperiment.Experiment(Dataset, Alpha, seeds, strong: Strong).AnsweredBy(Model).TrainedBy(Recipe);

        /// <summary>The seeds that were asked for; else those that can be shown, of which there must be one.</summary>
        IReadOnlyList<long> Chosen(Func<long, Experiment> experiment) =>
            Seeds ?? (Quick ? [0] : Runner.KnownSeeds(experiment));

        /// <summary>The same where a seed takes long: unless seeds are named, those that are recorded, if there are
        /// any.</summary>
        IReadOnlyList<long> RecordedOrChosen(Func<long, IReadOnlyList<Experiment>> parts)
        {
            var recorded = Seeds is null && !Quick ? Runner.RecordedSeeds(parts) : [];
            return recorded.Count > 0 ? recorded : Chosen(seed => parts(seed)[^1]);
        }

        static T Watch<T>(Experiment experiment, Func<Action<EnsembleProgress>, T> run) =>
            StageScreen.Watch(
                [.. CellRunner.Groups(experiment.Cells()).Select(group => group[0].Ensemble.Name)],
                screen => run(screen.Report)
            );
    }
}
