using RobustInference.Probits;
using RobustInference.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Training;

/// <summary>A run that is stopped between two batches and begun again ends with the weights of one that was
/// not.</summary>
public sealed class TrainingStateTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    TrainingState State() => new(folder.File("run.state"), TimeSpan.Zero);

    static byte[] Weights(nn.Module network) => [.. network.parameters().SelectMany(w => w.bytes.ToArray())];

    /// <summary>Cancels after a pass.</summary>
    sealed class Stopper(int pass, CancellationTokenSource stop) : IProgress<PassProgress>
    {
        public List<int> Passes { get; } = [];

        public void Report(PassProgress value)
        {
            Passes.Add(value.Pass);
            if (value.Pass == pass)
                stop.Cancel();
        }
    }

    void Check<T>(
        int[] stops,
        int passes,
        Func<ProbitSet, IProgress<PassProgress>?, CancellationToken, TrainingState?, T> train,
        Func<T, nn.Module> network
    )
        where T : IDisposable
    {
        using var validation = Specialists.Draw(200, 1);
        using var undisturbed = train(validation, null, default, null);
        foreach (int pass in stops)
        {
            using var stop = new CancellationTokenSource();
            Assert.ThrowsAny<OperationCanceledException>(() =>
                train(validation, new Stopper(pass, stop), stop.Token, State())
            );
            Assert.True(File.Exists(folder.File("run.state")));
        }
        using var never = new CancellationTokenSource();
        var heard = new Stopper(-1, never);
        using var resumed = train(validation, heard, default, State());
        Assert.Equal(Weights(network(undisturbed)), Weights(network(resumed)));
        Assert.Equal(Enumerable.Range(heard.Passes[0], passes - heard.Passes[0] + 1), heard.Passes);
        Assert.True(heard.Passes[0] >= stops[^1] - 1);
        Assert.False(File.Exists(folder.File("run.state")));
    }

    [Theory]
    [InlineData(KeptPass.BestWorstCase, 0.99, 1, 0, 0)]
    [InlineData(KeptPass.Last, 0, 2, 0, 0)]
    [InlineData(KeptPass.Last, 0, 2, 0.25, 0.9)]
    public void Adversarial_training_goes_on(
        KeptPass keep,
        double averaging,
        int members,
        double dropped,
        double weightDecay
    )
    {
        var recipe = new DeepSetRecipe(
            Corrupted: 3,
            Hidden: 8,
            Passes: 11,
            Steps: 2,
            LearningRate: 5e-3,
            BatchSize: 64
        ) with
        {
            Keep = keep,
            Averaging = averaging,
            Members = members,
            Dropped = dropped,
            WeightDecay = weightDecay,
        };
        int all = 11 * members;
        Check(
            [2, all - 4],
            all,
            (data, progress, cancel, state) => new AdversarialTraining(recipe).Train(data, progress, cancel, state),
            network => network
        );
    }

    [Theory, InlineData(Adversary.Fixed), InlineData(Adversary.Any)]
    public void Certified_training_goes_on(Adversary adversary)
    {
        var recipe = CertifiedRecipe.Default(2, adversary) with
        {
            Hidden = 8,
            Decoder = 12,
            Passes = 12,
            BatchSize = 64,
            Cost = 0.01,
        };
        Check(
            [3, 9],
            12,
            (data, progress, cancel, state) => new CertifiedTraining(recipe).Train(data, progress, cancel, state),
            network => network
        );
    }

    [Fact]
    public void Training_of_votes_goes_on_in_its_second_member()
    {
        var recipe = new CertifiedVoteRecipe(1, Hidden: 8, Embedding: 4, Passes: 6, BatchSize: 64) with
        {
            Members = 3,
            Floor = 0.1,
        };
        Check(
            [2, 9],
            18,
            (data, progress, cancel, state) => new CertifiedVoteTraining(recipe).Train(data, progress, cancel, state),
            network => network
        );
    }

    /// <summary>Cancels after a pass of both networks' together.</summary>
    sealed class CopurStopper(CopurRecipe recipe, int pass, CancellationTokenSource stop) : IProgress<CopurProgress>
    {
        public List<int> Passes { get; } = [];

        public void Report(CopurProgress value)
        {
            Passes.Add((value.Server ? recipe.AutoEncoderPasses : 0) + value.Pass);
            if (Passes[^1] == pass)
                stop.Cancel();
        }
    }

    [Fact]
    public void Training_of_COPURs_networks_goes_on_in_either()
    {
        using var validation = Specialists.Draw(200, 1);
        var recipe = new CopurRecipe(
            Hidden: 20,
            Encoding: 12,
            Server: 16,
            AutoEncoderPasses: 6,
            ServerPasses: 5,
            AutoEncoderRate: 5e-3,
            ServerRate: 2e-2
        );
        const int All = 11;
        using var undisturbed = new CopurTraining(recipe).Train(validation);
        // The last pass of the auto-encoder among them, after which its best weights are taken.
        foreach (int pass in new[] { 3, 6, 9 })
        {
            using var stop = new CancellationTokenSource();
            Assert.ThrowsAny<OperationCanceledException>(() =>
                new CopurTraining(recipe).Train(validation, new CopurStopper(recipe, pass, stop), stop.Token, State())
            );
            Assert.True(File.Exists(folder.File("run.state")));
        }
        using var never = new CancellationTokenSource();
        var heard = new CopurStopper(recipe, -1, never);
        using var resumed = new CopurTraining(recipe).Train(validation, heard, default, State());
        Assert.Equal(Weights(undisturbed), Weights(resumed));
        Assert.Equal(Enumerable.Range(heard.Passes[0], All - heard.Passes[0] + 1), heard.Passes);
        Assert.True(heard.Passes[0] >= 8);
        Assert.False(File.Exists(folder.File("run.state")));
    }

    [Fact]
    public void A_state_that_is_cut_off_is_not_read()
    {
        State().Offer(writer => writer.Write(17));
        using (var whole = State().Open())
            Assert.Equal(17, whole!.ReadInt32());
        byte[] bytes = File.ReadAllBytes(folder.File("run.state"));
        File.WriteAllBytes(folder.File("run.state"), bytes[..^1]);
        Assert.Null(State().Open());
        bytes[^1] ^= 1;
        File.WriteAllBytes(folder.File("run.state"), bytes);
        Assert.Null(State().Open());
    }

    [Fact]
    public void Where_a_state_cannot_be_kept_that_is_said_once_and_training_goes_on()
    {
        File.WriteAllText(folder.File("file"), "");
        var said = new List<string>();
        var state = new TrainingState(Path.Combine(folder.File("file"), "run.state"), TimeSpan.Zero)
        {
            Remark = said.Add,
        };
        state.Offer(writer => writer.Write(1));
        state.Offer(writer => writer.Write(2));
        Assert.Contains("not kept", Assert.Single(said));
    }
}
