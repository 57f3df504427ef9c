using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Certificates;
using RobustInference.Evaluation;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Training;
using TorchSharp;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.RobustInference.Training;

public class CertifiedTrainingTests
{
    static readonly CertifiedRecipe Recipe = new(
        Corrupted: 2,
        Hidden: 32,
        Decoder: 48,
        Passes: 20,
        LearningRate: 5e-3,
        BatchSize: 64,
        HeldOut: 0.2
    );

    sealed class Heard : IProgress<PassProgress>
    {
        public List<PassProgress> Passes { get; } = [];

        public void Report(PassProgress value) => Passes.Add(value);
    }

    static float[] Weights(DeepSetNetwork network) =>
        [.. network.parameters().SelectMany(weights => weights.data<float>().ToArray())];

    static double Certified(
        DeepSetNetwork network,
        int trim,
        Adversary adversary,
        ProbitSet answers,
        ThreatModel threat
    )
    {
        using var margins = new DeepSetCertificate(network, trim).Margins(answers, adversary, threat);
        return margins.data<double>().ToArray().Average(margin => margin > 0 ? 1.0 : 0);
    }

    [Theory, InlineData(Adversary.Fixed), InlineData(Adversary.Any)]
    public void It_certifies_more_than_training_on_clean_rows_and_no_attack_breaks_what_is_certified(
        Adversary adversary
    )
    {
        using var validation = Specialists.Draw(1000, 1);
        using var test = Specialists.Draw(600, 2);
        var recipe = Recipe with { Adversary = adversary, Corrupted = adversary == Adversary.Fixed ? 2 : 1, Trim = 2 };
        var threat = ThreatModel.Draw(9, recipe.Corrupted, 0);
        var heard = new Heard();
        using var network = new CertifiedTraining(recipe).Train(validation, heard);
        using var clean = new CertifiedTraining(recipe with { Weight = 0 }).Train(validation);
        double ours = Certified(network, 2, adversary, test, threat),
            theirs = Certified(clean, 2, adversary, test, threat);
        Assert.True(ours > theirs + 0.1, $"certified training {ours}, clean {theirs}");
        Assert.Equal(Enumerable.Range(1, 20), heard.Passes.Select(pass => pass.Pass));
        Assert.InRange(
            Assert.Single(heard.Passes, pass => pass.HeldOut is not null).HeldOut!.Value,
            ours - 0.2,
            ours + 0.2
        );

        using var margins = new DeepSetCertificate(network, 2).Margins(test, adversary, threat);
        var report = new RobustnessEvaluation(test, validation, threat, 0).Run(
            new CertifiedDeepSet(network, 2),
            AttackSuite.Paper,
            [new Impersonation()]
        );
        double[] least = margins.data<double>().ToArray();
        foreach (var (attack, right) in report.Attacked.Concat(report.Excluded))
            for (int s = 0; s < least.Length; s++)
                if (least[s] > 0)
                    Assert.True(right[s], $"{attack} breaks sample {s}");
    }

    [Fact]
    public void On_an_embedded_ensemble_what_is_certified_survives_the_strong_suite_and_drawn_corruptions()
    {
        using var scope = NewDisposeScope();
        using var archive = ProbitArchive.Read(WorkbookFolder.Probits("cifar10", 0.5, 0));
        using var test = archive.Test.Select([.. Enumerable.Range(0, 250).Select(s => (long)s)]);
        using var validation = archive.Validation!.Select([.. Enumerable.Range(0, 1200).Select(s => (long)s)]);
        var recipe = new CertifiedRecipe(
            Corrupted: 4,
            Adversary.Any,
            Trim: 8,
            Hidden: 32,
            Decoder: 64,
            Passes: 12,
            Weight: 0.9
        );
        using var network = new CertifiedTraining(recipe).Train(validation);
        using var rule = new CertifiedDeepSet(network, 8);
        var certificate = new DeepSetCertificate(network, 8);
        var threat = ThreatModel.Draw(17, 4, 0);
        var paper = new RobustnessEvaluation(test, validation, threat, 0).Run(rule, AttackSuite.Paper, []);
        var (known, any) = StrongSuite.Both(test, rule, paper, threat, 0);
        foreach (
            var (adversary, survives) in new[] { (Adversary.Fixed, known.Survives), (Adversary.Any, any.Survives) }
        )
        {
            bool[] certified =
            [
                .. certificate.Margins(test, adversary, threat).data<double>().ToArray().Select(margin => margin > 0),
            ];
            Assert.InRange(certified.Count(c => c), 15, 245);
            for (int s = 0; s < certified.Length; s++)
                if (certified[s])
                    Assert.True(survives[s] && paper.Survives[s], $"{adversary}, sample {s} is certified and broken");
        }

        // 10,000 drawn corruptions of up to t rows against every answer's radius.
        var promised = rule.Predict(test);
        var random = RandomStream.Managed(1, "test-liars");
        using var generator = RandomStream.Torch(1, "test-sent");
        for (int draw = 0; draw < 40; draw++)
        {
            using var inner = NewDisposeScope();
            int r = 1 + draw % 8;
            var sent = nn.functional.softmax((1 + draw % 12) * randn([250, r, 10], generator: generator), -1);
            if (draw % 2 == 0)
                sent = nn
                    .functional.one_hot(sent.argmax(-1).select(1, 0).unsqueeze(1).expand(250, r), 10)
                    .to(ScalarType.Float32);
            long[] now = rule.Scores(Rows.Replace(test.Probits, ThreatModel.Draw(17, r, random.Next()).Corrupted, sent))
                .argmax(1)
                .data<long>()
                .ToArray();
            for (int s = 0; s < now.Length; s++)
                if (promised[s].Radius >= r)
                    Assert.Equal(promised[s].Class, now[s]);
        }
    }

    [
        Theory,
        InlineData(17, 4, 6),
        InlineData(17, 8, 8),
        InlineData(17, 0, 4),
        InlineData(10, 3, 4),
        InlineData(25, 5, 9),
        InlineData(5, 1, 2),
        InlineData(1, 0, 0)
    ]
    public void Unless_given_the_trim_is_halfway_between_f_and_the_median(int clients, int corrupted, int trim) =>
        Assert.Equal(trim, new CertifiedRecipe(corrupted).TrimOf(clients));

    [Fact]
    public void The_weight_follows_what_clean_accuracy_it_costs()
    {
        using var validation = Specialists.Draw(1000, 1);
        double Certified(double cost)
        {
            var recipe = Recipe with { Trim = 2, Weight = 0.5, Cost = cost, HeldOut = 0, Passes = 30 };
            using var network = new CertifiedTraining(recipe).Train(validation);
            return new CertifiedTraining(recipe).Measure(network, validation).Certified;
        }
        // Everything may be lost, or not even nothing: the weight goes to 1 or to 0.
        double everything = Certified(1),
            nothing = Certified(-1);
        Assert.True(everything > nothing + 0.05, $"{everything} and {nothing}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_and_another_seed_others()
    {
        using var validation = SyntheticProbits.Draw(150, 7, 4, seed: 3);
        var recipe = Recipe with { Passes = 3 };
        float[] Train(CertifiedRecipe own)
        {
            using var network = new CertifiedTraining(own).Train(validation);
            return Weights(network);
        }
        float[] first = Train(recipe);
        Assert.Equal(first, Train(recipe));
        Assert.NotEqual(first, Train(recipe with { Seed = 1 }));
        Assert.NotEqual(first, Train(recipe with { Adversary = Adversary.Any }));
        Assert.All(first, weight => Assert.True(float.IsFinite(weight)));
    }

    [Fact]
    public void What_is_held_out_does_not_enter_training_and_nothing_need_be()
    {
        using var validation = SyntheticProbits.Draw(100, 5, 3, seed: 4);
        var recipe = Recipe with { Passes = 2, Corrupted = 1 };
        var (held, rest) = new CertifiedTraining(recipe).Split(validation);
        Assert.Equal(20, held.Length);
        Assert.Equal(Enumerable.Range(0, 100).Select(s => (long)s), held.Concat(rest).Order());
        using var network = new CertifiedTraining(recipe).Train(validation);
        // The same training part with other answers held out.
        using var others = SyntheticProbits.Draw(100, 5, 3, seed: 5);
        var probits = validation.Probits.data<float>().ToArray();
        var labels = validation.Labels.data<long>().ToArray();
        float[] strange = others.Probits.data<float>().ToArray();
        foreach (long s in held)
            Array.Copy(strange, s * 15, probits, s * 15, 15);
        using var changed = ProbitSet.FromProbits("changed", probits, [100, 5, 3], labels);
        using var unchanged = ProbitSet.FromProbits(
            "unchanged",
            validation.Probits.data<float>().ToArray(),
            [100, 5, 3],
            labels
        );
        using DeepSetNetwork a = new CertifiedTraining(recipe).Train(changed),
            b = new CertifiedTraining(recipe).Train(unchanged);
        Assert.Equal(Weights(a), Weights(b));
        var heard = new Heard();
        using var all = new CertifiedTraining(recipe with { HeldOut = 0 }).Train(validation, heard);
        Assert.All(heard.Passes, pass => Assert.Null(pass.HeldOut));
    }

    [Fact]
    public void Training_takes_nothing_but_validation_data()
    {
        var parameters = typeof(CertifiedTraining).GetMethod(nameof(CertifiedTraining.Train))!.GetParameters();
        Assert.Single(parameters, parameter => parameter.ParameterType == typeof(ProbitSet));
        Assert.DoesNotContain(parameters, parameter => parameter.ParameterType == typeof(ProbitArchive));
    }

    [Fact]
    public void It_stops_before_the_next_batch_when_asked()
    {
        using var validation = SyntheticProbits.Draw(300, 7, 4, seed: 6);
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Assert.Throws<OperationCanceledException>(() =>
            new CertifiedTraining(Recipe).Train(validation, null, cancel.Token)
        );
    }

    [Fact]
    public void A_trim_that_cannot_be_and_data_that_are_all_held_out_are_told_in_one_line()
    {
        using var validation = SyntheticProbits.Draw(3, 5, 3, seed: 7);
        Assert.Contains(
            "a trim of 1 is not in 2…2",
            Assert
                .Throws<ArgumentException>(() => new CertifiedTraining(Recipe with { Trim = 1 }).Train(validation))
                .Message
        );
        Assert.Contains(
            "none is left",
            Assert
                .Throws<InvalidDataException>(() =>
                    new CertifiedTraining(Recipe with { HeldOut = 1 }).Train(validation)
                )
                .Message
        );
    }
}

[Collection(nameof(Alone))]
public class CertifiedTrainingMemoryTests
{
    [Fact]
    public void Many_batches_leave_memory_as_it_was()
    {
        using var validation = SyntheticProbits.Draw(512, 17, 10, seed: 8);
        var recipe = new CertifiedRecipe(Corrupted: 4, Hidden: 64, Passes: 100, BatchSize: 64);
        using var network = new DeepSetNetwork(10, 64, 0);
        using var optimizer = optim.Adam(network.parameters(), 1e-3);
        var batches = new CertifiedTraining.Batches(validation, recipe);
        for (int pass = 0; pass < 4; pass++)
            batches.Pass(network, optimizer, pass);
        long before = ResidentMemory.BytesAfterCollection();
        for (int pass = 4; pass < 14; pass++)
            batches.Pass(network, optimizer, pass);
        long grown = ResidentMemory.BytesAfterCollection() - before;
        Assert.True(grown < 64 << 20, $"grew by {grown >> 20} MB");
    }
}
