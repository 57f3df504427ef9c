using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Clients;
using RobustInference.Devices;
using RobustInference.Evaluation;
using RobustInference.Networks;
using RobustInference.Probits;
using RobustInference.Training;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.RobustInference.Devices;

/// <summary>What a GPU computes beside what the processor does. Float32 sums come in another order there, and the steps
/// of an ascent go by signs: scores agree closely, outcomes of attacks on all but a few samples.</summary>
public class GpuTests
{
    const int Classes = 10,
        Clients = 17,
        Liars = 4;
    static readonly int[] Corrupted = [1, 5, 8, 14];

    static Device Gpu()
    {
        var device = ComputeDevice.Parse("auto");
        Assert.SkipWhen(device.IsHost(), "there is no GPU here, or libtorch is for the processor alone");
        return device;
    }

    public static TheoryData<string> Rules => EveryRule.Names;

    static Aggregator Rule(string name) => EveryRule.Named(name).Create(Classes, Liars);

    [Theory, MemberData(nameof(Rules))]
    public void Scores_are_the_processors(string name)
    {
        using var scope = NewDisposeScope();
        var gpu = Gpu();
        using var answers = SyntheticProbits.Draw(500, Clients, Classes, 1);
        using var rule = Rule(name);
        using var far = answers.To(gpu);
        using var moved = rule.On(gpu);
        Tensor here = rule.Scores(answers.Probits),
            there = moved.Scores(far.Probits).cpu();
        Assert.Equal(0, (here - there).abs().max().item<float>() / here.abs().max().item<float>(), 1e-4);
    }

    [Theory, MemberData(nameof(Rules))]
    public void Attacks_of_the_paper_leave_the_same_samples(string name)
    {
        var gpu = Gpu();
        using var answers = SyntheticProbits.Draw(1000, Clients, Classes, 2);
        using var validation = SyntheticProbits.Draw(300, Clients, Classes, 3);
        using var rule = Rule(name);
        var threat = new ThreatModel(Clients, Corrupted);
        using RuleUnderAttack here = new(answers, rule, threat, 0, validation, device: CPU),
            there = new(answers, rule, threat, 0, validation, device: gpu);
        foreach (var attack in AttackSuite.Paper)
            Assert.Equal(0, Different(here.Under(attack), there.Under(attack)), 0.01);
    }

    [Theory]
    [InlineData("Mean", Adversary.Fixed)]
    [InlineData("CWTM", Adversary.Any)]
    [InlineData("DeepSet-TM", Adversary.Any)]
    public void The_strong_suite_leaves_as_many(string name, Adversary adversary)
    {
        var gpu = Gpu();
        using var answers = SyntheticProbits.Draw(200, Clients, Classes, 4);
        using var rule = Rule(name);
        var threat = new ThreatModel(Clients, Corrupted);
        using RuleUnderAttack here = new(answers, rule, threat, 0, device: CPU),
            there = new(answers, rule, threat, 0, device: gpu);
        Assert.Equal(
            RobustnessReport.Accuracy(here.UnderStrongSuite(adversary).Survives),
            RobustnessReport.Accuracy(there.UnderStrongSuite(adversary).Survives),
            0.02
        );
    }

    static double Different(bool[] a, bool[] b) => a.Zip(b).Count(pair => pair.First != pair.Second) / (double)a.Length;

    sealed class Losses : IProgress<PassProgress>
    {
        public List<double> All { get; } = [];

        public void Report(PassProgress value) => All.Add(value.Loss);
    }

    static void Alike(Func<Device, IProgress<PassProgress>, nn.Module> train, double tolerance)
    {
        var gpu = Gpu();
        Losses here = new(),
            there = new();
        using var near = train(CPU, here);
        using var far = train(gpu, there);
        Assert.All(far.parameters(), weights => Assert.Equal(DeviceType.CPU, weights.device_type));
        foreach (var (a, b) in here.All.Zip(there.All))
            Assert.Equal(0, Math.Abs(a - b) / a, tolerance);
    }

    [Theory]
    [InlineData(InnerAttack.ProjectedGradient)]
    [InlineData(InnerAttack.WorstOfProjectedGradientAndOneHot)]
    [InlineData(InnerAttack.WorstOfProjectedGradientAndStrongestInverted)]
    public void Adversarial_training_takes_the_same_way(InnerAttack inner)
    {
        using var validation = SyntheticProbits.Draw(600, Clients, Classes, 5);
        Alike(
            (device, losses) =>
                new AdversarialTraining(
                    new DeepSetRecipe(
                        Liars,
                        Hidden: 32,
                        Passes: 3,
                        Steps: 10,
                        Inner: inner,
                        Mixed: 0.5,
                        Averaging: 0.9
                    ),
                    device
                ).Train(validation, losses),
            0.02
        );
    }

    [Theory, InlineData(Adversary.Fixed), InlineData(Adversary.Any)]
    public void Training_of_certified_rules_takes_the_same_way(Adversary adversary)
    {
        using var validation = SyntheticProbits.Draw(600, Clients, Classes, 6);
        Alike(
            (device, losses) =>
                new CertifiedTraining(
                    new CertifiedRecipe(Liars, adversary, Hidden: 32, Decoder: 32, Passes: 3, Cost: 0.05),
                    device
                ).Train(validation, losses),
            0.02
        );
        Alike(
            (device, losses) =>
                new CertifiedVoteTraining(
                    new CertifiedVoteRecipe(Liars, adversary, Hidden: 32, Passes: 3, Averaging: 0.9),
                    device
                ).Train(validation, losses),
            0.02
        );
    }

    [Fact]
    public void Purification_is_trained_and_attacked_there()
    {
        var gpu = Gpu();
        using var validation = SyntheticProbits.Draw(300, Clients, Classes, 7);
        var recipe = new CopurRecipe(AutoEncoderPasses: 3, ServerPasses: 3);
        using CopurNetwork near = new CopurTraining(recipe, CPU).Train(validation),
            far = new CopurTraining(recipe, gpu).Train(validation);
        using Copur here = new(near, Liars),
            there = new(far, Liars);
        var threat = new ThreatModel(Clients, Corrupted);
        using RuleUnderAttack a = new(validation, here, threat, 0, validation, device: CPU),
            b = new(validation, there, threat, 0, validation, device: gpu);
        Assert.Equal(0, Different(a.Clean(), b.Clean()), 0.1);
        Assert.Equal(0, Different(a.Under(new LogitFlipping()), b.Under(new LogitFlipping())), 0.1);
    }

    [Fact]
    public void Clients_that_train_together_become_what_they_become_alone()
    {
        var gpu = Gpu();
        var random = new Random(8);
        ImageDataset Stripes(int count)
        {
            // The class is the brighter third of the rows.
            var labels = Enumerable.Range(0, count).Select(_ => (byte)random.Next(3)).ToArray();
            var pixels = new byte[count * ImageDataset.ImageBytes];
            random.NextBytes(pixels);
            for (int i = 0; i < pixels.Length; i++)
                if (i % 1024 / 32 / 11 != labels[i / ImageDataset.ImageBytes])
                    pixels[i] /= 2;
            return new("stripes", 3, pixels, labels);
        }
        ImageDataset train = Stripes(1500),
            test = Stripes(300);
        var recipe = new ClientRecipe("stripes", 5, 4, 0, Width: 8, Epochs: 2, BatchSize: 32, LearningRate: 0.02);
        double[] Accuracies(Device device)
        {
            using var folder = new TemporaryFolder();
            var training = new ClientTraining(recipe, ClientTask.ForImages(recipe, train, test), folder.Path, device);
            using var archive = training.Run(2, null, default);
            return training.Accuracies();
        }
        foreach (var (a, b) in Accuracies(CPU).Zip(Accuracies(gpu)))
            Assert.Equal(a, b, 0.05);
    }
}
