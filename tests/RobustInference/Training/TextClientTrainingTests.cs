using RobustInference.Clients;
using RobustInference.Training;
using Tests.RobustInference.Clients;
using TorchSharp;

namespace Tests.RobustInference.Training;

/// <summary>The one client loop with networks that read texts.</summary>
public sealed class TextClientTrainingTests : IDisposable
{
    static readonly Lazy<(TextDataset Train, TextDataset Test)> News = new(() => TinyNews.Texts(train: 300, test: 61));

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Models => ["bag", "distilbert-small"];

    static ClientRecipe Recipe(string model) =>
        ClientPreset.Named(model).Settings with
        {
            Dataset = "agnews",
            Alpha = 0.8,
            Clients = 3,
            Seed = 0,
            Width = 8,
            Epochs = 3,
            BatchSize = 16,
            MaxLength = 12,
            Vocabulary = 200,
        };

    ClientTraining Start(string name, ClientRecipe recipe) =>
        new(recipe, ClientTask.ForTexts(recipe, News.Value.Train, News.Value.Test), folder.File(name));

    byte[] Run(
        string name,
        ClientRecipe recipe,
        int workers = 2,
        IProgress<ClientProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        using var archive = Start(name, recipe).Run(workers, progress, cancel);
        archive.Write(folder.File(name + ".npz"));
        return File.ReadAllBytes(folder.File(name + ".npz"));
    }

    [Theory, MemberData(nameof(Models))]
    public void Stopped_after_every_epoch_and_started_again_it_ends_with_the_same_bytes(string model)
    {
        byte[] undisturbed = Run("undisturbed", Recipe(model));
        int starts = 0;
        while (true)
        {
            Assert.InRange(++starts, 1, 10);
            using var stop = new CancellationTokenSource();
            try
            {
                Assert.Equal(
                    undisturbed,
                    Run(
                        "stopped",
                        Recipe(model),
                        workers: 1,
                        new Told(p =>
                        {
                            if (!double.IsNaN(p.Loss))
                                stop.Cancel();
                        }),
                        stop.Token
                    )
                );
                break;
            }
            catch (OperationCanceledException)
            {
                Assert.NotEmpty(Directory.EnumerateFiles(folder.File("stopped"), "client-*"));
            }
        }
        Assert.InRange(starts, 7, 10);
    }

    [Theory, MemberData(nameof(Models))]
    public void Clients_learn(string model)
    {
        // The made-up classes have words of their own, so a few epochs must beat a guess of one in four by far.
        var recipe = Recipe(model) with
        {
            Alpha = 100,
            Clients = 1,
            Epochs = 15,
            Width = 32,
            LearningRate = 5e-3,
        };
        var training = Start("learn", recipe);
        using var archive = training.Run(1, null, default);
        Assert.InRange(training.Accuracies()[0], 0.6, 1);
    }

    [Theory, MemberData(nameof(Models))]
    public void Answers_are_in_the_order_of_the_samples_though_inference_goes_by_length(string model)
    {
        var recipe = Recipe(model) with { Epochs = 1 };
        var task = ClientTask.ForTexts(recipe, News.Value.Train, News.Value.Test);
        torch.nn.Module<torch.Tensor, torch.Tensor>? last = null;
        // The network that was trained is caught, and asked text by text.
        var training = new ClientTraining(
            recipe with
            {
                Clients = 1,
            },
            task with
            {
                Network = client => last = new Kept(task.Network(client)),
            },
            folder.File("order")
        );
        using var archive = training.Run(1, null, default);
        last!.eval();
        using var untracked = torch.no_grad();
        for (int i = 0; i < task.Test.Labels.Length; i++)
        {
            var (inputs, labels) = task.Test.InOrder([i], 1).Single();
            using (inputs)
            using (labels)
            {
                using var expected = last.call(inputs);
                using var got = archive.Test.Logits[i, 0].clone();
                Assert.Equal(
                    expected.data<float>().ToArray(),
                    got.data<float>().ToArray(),
                    (a, b) => MathF.Abs(a - b) < 0.01f + 0.002f * MathF.Abs(a)
                );
            }
        }
        last.Dispose();
    }

    [Fact]
    public void A_recipe_for_texts_is_stored_with_all_that_decides()
    {
        Start("a", Recipe("distilbert-small"));
        string stored = File.ReadAllText(Path.Combine(folder.File("a"), "recipe.json"));
        Assert.All(
            [
                "\"Model\": \"DistilBert\"",
                "\"Optimiser\": \"AdamW\"",
                "\"WarmUp\": 0.1",
                "\"Layers\": 2",
                "\"Heads\": 4",
                "\"MaxLength\": 12",
                "\"Vocabulary\": 200",
            ],
            part => Assert.Contains(part, stored)
        );
        Assert.Contains(
            "other texts",
            Assert
                .Throws<InvalidOperationException>(() => Start("a", Recipe("distilbert-small") with { Dropout = 0.2 }))
                .Message
        );
    }

    [Fact]
    public void A_model_that_reads_images_or_a_size_that_makes_no_model_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Start("a", Recipe("bag") with { Model = ClientModel.ResNet8 }));
        Assert.Throws<ArgumentException>(() => Start("a", Recipe("bag") with { MaxLength = 2 }));
        Assert.Throws<ArgumentException>(() => Start("a", Recipe("bag") with { Dropout = 1 }));
        Assert.Throws<ArgumentException>(() => Start("a", Recipe("bag") with { Vocabulary = 10 }));
    }

    sealed class Told(Action<ClientProgress> action) : IProgress<ClientProgress>
    {
        public void Report(ClientProgress value) => action(value);
    }

    /// <summary>Outlives the training that disposes it: its inner network is freed with the process.</summary>
    sealed class Kept : torch.nn.Module<torch.Tensor, torch.Tensor>, IHasDropout
    {
        readonly torch.nn.Module<torch.Tensor, torch.Tensor> inner;

        public Kept(torch.nn.Module<torch.Tensor, torch.Tensor> inner)
            : base(nameof(Kept))
        {
            this.inner = inner;
            RegisterComponents();
        }

        public void RestartDropout(long epoch) => ((IHasDropout)inner).RestartDropout(epoch);

        public override torch.Tensor forward(torch.Tensor tokens) => inner.call(tokens);

        protected override void Dispose(bool disposing) { }
    }
}
