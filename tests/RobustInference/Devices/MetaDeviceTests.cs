using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Clients;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Training;
using Tests.RobustInference.Aggregators;
using Tests.RobustInference.Attacks;
using TorchSharp;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.RobustInference.Devices;

/// <summary>torch's device <c>meta</c> knows shapes and has no numbers: whatever reads one back fails, without any GPU.
/// What passes here never stops a GPU inside its loops.</summary>
public class MetaDeviceTests
{
    const int Clients = EveryRule.Places,
        Classes = 6,
        Samples = 6,
        Liars = 2;
    static readonly int[] Corrupted = [1, 5];
    static readonly Device Meta = META;

    static ProbitSet Answers() => SyntheticProbits.Draw(Samples, Clients, Classes, 1);

    public static TheoryData<string> Rules =>
        [.. EveryRule.All.Concat(EveryRule.OverLogits).Select(row => row.Name), "a vote", "constant"];

    static Aggregator Rule(string name) =>
        name switch
        {
            "a vote" => new CertifiedVote(new VoteNetwork([new VoteMember(Clients, Classes, 8, 3, 0)])),
            "constant" => new ConstantAnswer(1, Classes),
            _ => EveryRule.Named(name).Create(Classes, Liars),
        };

    static Tensor Climb(Aggregator near, SortGradient gradient, IScoreLoss? loss)
    {
        using var rule = near.On(Meta);
        using var answers = Answers();
        using var far = answers.To(Meta);
        using var query = new AttackQuery(far, rule, new ThreatModel(Clients, Corrupted));
        using var given = rule.Given(query.Input, Corrupted, gradient);
        var start = rand([Samples, Liars, Classes]).to(Meta);
        return loss is null
            ? new ProjectedGradient(3, space: rule.Input).Ascend(
                given,
                new CarliniWagner(rule.Scale),
                far.Labels,
                start,
                ProjectedGradient.EvenOffsets(Samples, Liars)
            )
            : new AutoProjectedGradient(6).Ascend(given, loss, far.Labels, start);
    }

    [Theory, MemberData(nameof(Rules))]
    public void The_papers_ascent_reads_nothing_back(string name)
    {
        using var scope = NewDisposeScope();
        foreach (var gradient in Enum.GetValues<SortGradient>())
            Assert.Equal([Samples, Liars, Classes], Climb(Rule(name), gradient, null).shape);
    }

    [Theory, MemberData(nameof(Rules))]
    public void The_ascent_of_the_strong_suite_reads_nothing_back(string name)
    {
        using var scope = NewDisposeScope();
        foreach (IScoreLoss loss in new IScoreLoss[] { new ScoreMargin(), new CrossEntropy(), new LogitsRatio() })
            Assert.Equal(DeviceType.META, Climb(Rule(name), SortGradient.True, loss).device_type);
    }

    static AttackQuery Query(Aggregator rule)
    {
        using var answers = Answers();
        return new(
            answers.To(Meta),
            rule.On(Meta),
            new ThreatModel(Clients, Corrupted),
            Validation: rule.Input == AnswerSpace.Probits ? answers.To(Meta) : null
        );
    }

    /// <summary>All but one that has no loop, of whose distances meta has no kernel.</summary>
    public static TheoryData<string> Attacks =>
        [.. EveryAttack.All.Where(row => row.Attack is not Impersonation).Select(row => row.Attack.Name)];

    /// <summary>Searches by scores among them: which try is kept is decided where the scores lie.</summary>
    [Theory, MemberData(nameof(Attacks))]
    public void No_attack_reads_anything_back(string name)
    {
        using var scope = NewDisposeScope();
        foreach (string rule in Rules.Select(row => row.Data))
        {
            using var query = Query(Rule(rule));
            if (query.Rule.Input == AnswerSpace.Logits)
                continue;
            var sent = EveryAttack.Named(name).Attack.Corrupt(query);
            Assert.Equal([Samples, Liars, Classes], sent.shape);
            Assert.Equal(DeviceType.META, sent.device_type);
        }
    }

    [Fact]
    public void Attacks_on_votes_and_rules_over_logits_read_nothing_back()
    {
        using var scope = NewDisposeScope();
        using var vote = Query(Rule("a vote"));
        using var rows = VoteRows.Search((CertifiedVote)vote.Rule, seed: 1);
        Assert.Equal([Samples, Liars, Classes], new BestVotes(rows).Corrupt(vote).shape);
        Assert.Equal([Samples, Liars], new VoteClientSelection(rows).Choose(vote).shape);
        foreach (var row in EveryRule.OverLogits)
        {
            using var query = Query(Rule(row.Name));
            foreach (var attack in AttackSuite.OverLogits(Classes))
                Assert.Equal([Samples, Liars, Classes], attack.Corrupt(query).shape);
        }
    }

    [Theory, MemberData(nameof(ClientChoiceTests.Choices), MemberType = typeof(ClientChoiceTests))]
    public void No_choice_of_clients_reads_anything_back(string name)
    {
        using var scope = NewDisposeScope();
        var choice = AttackSuite.Any.Single(any => any.Choice.Name == name).Choice;
        foreach (string rule in Rules.Select(row => row.Data))
        {
            using var query = Query(Rule(rule));
            if (query.Rule.Input == AnswerSpace.Logits)
                continue;
            var chosen = choice.Choose(query);
            Assert.Equal([Samples, Liars], chosen.shape);
            Assert.Equal([Samples, Clients], Chosen.First(chosen, Clients).shape);
        }
    }

    [Fact]
    public void A_rule_that_reads_a_number_back_is_found()
    {
        using var scope = NewDisposeScope();
        Assert.ThrowsAny<Exception>(() => Climb(new Curious(), SortGradient.Mean, null));
        using var query = Query(new Curious());
        foreach (
            var attack in new IAttack[]
            {
                new AllTargets(),
                new PerClientTargets(),
                new TwoTargets(),
                new HonestCopies(),
                new RandomSearch(2),
            }
        )
            Assert.ThrowsAny<Exception>(() => attack.Corrupt(query));
        Assert.ThrowsAny<Exception>(() => new TargetedClientSelection().Choose(query));
        Assert.ThrowsAny<Exception>(() => new GreedyClientSelection().Choose(query));
    }

    [Fact]
    public void A_search_that_reads_leads_back_is_found()
    {
        using var scope = NewDisposeScope();
        using var query = Query(new Mean());
        Assert.Equal([Samples, Liars, Classes], Search(look: false).shape);
        Assert.ThrowsAny<Exception>(() => Search(look: true));

        Tensor Search(bool look) =>
            QueryChunk.Corrupt(
                query,
                SortGradient.Mean,
                chunk =>
                {
                    var rows = zeros([Samples, Liars, Classes], device: Meta);
                    var least = new BestCandidate(chunk, rows);
                    least.Try(rows + 1);
                    if (look && least.Leads.min().item<float>() < 0)
                        return rows;
                    return least.Rows;
                }
            );
    }

    /// <summary>A mean that looks at its scores.</summary>
    sealed class Curious : Aggregator
    {
        public override string Name => "Curious";

        public override Tensor Scores(Tensor answers)
        {
            var mean = answers.mean([1L]);
            return mean.max().item<float>() > 0 ? mean : -mean;
        }
    }

    [Theory]
    [InlineData(InnerAttack.ProjectedGradient, 0)]
    [InlineData(InnerAttack.WorstOfProjectedGradientAndOneHot, 0.5)]
    [InlineData(InnerAttack.WorstOfProjectedGradientAndStrongestInverted, 0.5)]
    public void Adversarial_training_reads_nothing_back(InnerAttack inner, double mixed)
    {
        using var scope = NewDisposeScope();
        using var answers = Answers();
        using var training = answers.To(Meta);
        var recipe = new DeepSetRecipe(Liars, Hidden: 8, Passes: 1, Steps: 3, BatchSize: 4, Inner: inner, Mixed: mixed);
        var network = new DeepSetNetwork(Classes, 8, 0).to(Meta);
        using var optimizer = optim.Adam(network.parameters(), 1e-3);
        using var sum = new LossSum();
        // Labels are drawn from on the processor, before the first pass.
        new AdversarialTraining.Batches(training, recipe, near: answers).Pass(
            network,
            optimizer,
            0,
            sum,
            average: new WeightAverage(network.Copy(Meta), 0.9)
        );
        Assert.ThrowsAny<Exception>(() => sum.Total);
    }

    [Theory, InlineData(Adversary.Fixed), InlineData(Adversary.Any)]
    public void Certified_training_reads_nothing_back(Adversary adversary)
    {
        using var scope = NewDisposeScope();
        using var answers = Answers();
        using var training = answers.To(Meta);
        var recipe = new CertifiedRecipe(Liars, adversary, Hidden: 8, Passes: 1, BatchSize: 4, Cost: 0.05);
        var network = new DeepSetNetwork(Classes, 8, 0, recipe.Decoder).to(Meta);
        using var optimizer = optim.Adam(network.parameters(), 1e-3);
        using LossSum sum = new(),
            lost = new();
        new CertifiedTraining.Batches(training, recipe, near: answers).Pass(network, optimizer, 0, sum, lost);
        Assert.ThrowsAny<Exception>(() => sum.Total);
        Assert.ThrowsAny<Exception>(() => lost.Total);
    }

    [Theory]
    [InlineData(Adversary.Fixed, false)]
    [InlineData(Adversary.Any, false)]
    [InlineData(Adversary.Any, true)]
    public void Training_of_a_vote_reads_nothing_back(Adversary adversary, bool learnInfluence)
    {
        using var scope = NewDisposeScope();
        using var answers = Answers();
        using var training = answers.To(Meta);
        var recipe = new CertifiedVoteRecipe(
            Liars,
            adversary,
            Hidden: 8,
            Embedding: 3,
            Passes: 1,
            Ramp: 0,
            BatchSize: 4,
            LearnInfluence: learnInfluence
        );
        var member = new VoteMember(Clients, Classes, 8, 3, 0).to(Meta);
        using var batches = new CertifiedVoteTraining.Batches(member, training, recipe, near: answers);
        using var sum = new LossSum();
        batches.Pass(0, sum);
        Assert.ThrowsAny<Exception>(() => sum.Total);
    }

    /// <summary>A group of clients on a device without numbers: two, and one of them alone in the last step.</summary>
    static void TrainClients(ScalarType precision, bool channelsLast, double momentum, Action<Tensor> look)
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        var pixels = new byte[12 * ImageDataset.ImageBytes];
        random.NextBytes(pixels);
        using var images = new DeviceImages(new("made-up", Classes, pixels, new byte[12]), Meta);
        ResNet8[] members = [.. Enumerable.Range(0, 2).Select(client => new ResNet8(Classes, 4, 9, client))];
        using var group = new GroupedResNet8(members, Meta, precision, channelsLast);
        using var descent = new GroupedDescent(group, momentum, 5e-4);
        foreach (long[] who in new long[][] { [0, 1], [1] })
        {
            var batches = who.Select(client => images.Batch(AugmentedBatch.Plain([(int)client, 3, 7]))).ToArray();
            var losses = descent.Step(
                tensor(who, device: Meta),
                stack([.. batches.Select(batch => batch.Inputs)]),
                stack([.. batches.Select(batch => batch.Labels)]),
                tensor(who.Select(_ => 0.1f).ToArray(), device: Meta)
            );
            Assert.Equal(DeviceType.META, losses.device_type);
            Assert.Equal([who.Length], losses.shape);
            look(losses);
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32, false, 0.9)]
    [InlineData(ScalarType.BFloat16, true, 0)]
    public void Training_of_clients_together_reads_nothing_back(
        ScalarType precision,
        bool channelsLast,
        double momentum
    ) => TrainClients(precision, channelsLast, momentum, _ => { });

    [Fact]
    public void A_loss_that_is_read_back_is_found() =>
        Assert.ThrowsAny<Exception>(() => TrainClients(ScalarType.Float32, false, 0.9, losses => losses.Floats()));

    /// <summary>The whole loop of a group: it reads nothing before the end of an epoch, when a client's one loss is
    /// read.</summary>
    [Fact]
    public void A_group_of_clients_reads_nothing_back_within_an_epoch()
    {
        using var scope = NewDisposeScope();
        var pixels = new byte[40 * ImageDataset.ImageBytes];
        var data = new ImageDataset("made-up", Classes, pixels, new byte[40]);
        var recipe = new ClientRecipe("made-up", 2, 2, 1, Width: 4, Epochs: 2, BatchSize: 4);
        ResNet8[] members = [.. Enumerable.Range(0, 2).Select(client => new ResNet8(Classes, 4, 9, client))];
        using var group = new GroupedClients(
            recipe,
            [0, 1],
            [
                [.. Enumerable.Range(0, 12)],
                [.. Enumerable.Range(12, 22)],
            ],
            members,
            data,
            Meta
        );
        var steps = new StepCounter();
        Assert.ThrowsAny<Exception>(() => group.Train(steps, default));
        // Client 0 is through with its epoch after three batches, of which two are reported before it.
        Assert.Equal([8, 12], steps.OfFirst);
    }

    /// <summary>Samples seen by the first client whenever the group says where it stands.</summary>
    sealed class StepCounter : IProgress<ClientProgress>
    {
        public List<long> OfFirst { get; } = [];

        public void Report(ClientProgress value)
        {
            // The group speaks a few times a second only.
            Thread.Sleep(260);
            if (value.Client == 0)
                OfFirst.Add(value.SamplesDone);
        }
    }
}
