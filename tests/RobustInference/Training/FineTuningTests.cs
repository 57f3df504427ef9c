using RobustInference.Clients;
using RobustInference.Files;
using RobustInference.Training;
using Tests.RobustInference.Clients;
using static TorchSharp.torch;

namespace Tests.RobustInference.Training;

/// <summary>The one client loop with networks that start from a checkpoint: tiny ones with the names of the real
/// ones.</summary>
public sealed class FineTuningTests : IDisposable
{
    const int Words = 200;

    static readonly Lazy<(ImageDataset Train, ImageDataset Test)> Images = new(() =>
        TinyCifar.Images(train: 200, test: 40)
    );
    static readonly Lazy<(TextDataset Train, TextDataset Test)> News = new(() => TinyNews.Texts(train: 200, test: 40));
    static readonly Lazy<Vocabulary> Tokens = new(() => TextVocabulary.Of(News.Value.Train.Texts, Words));

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    string Saved(nn.Module network, string name)
    {
        using (network)
            Safetensors.Write(folder.File(name), network.state_dict(), new Dictionary<string, string>());
        return folder.File(name);
    }

    string VisionWeights(int classes = 7, int patch = 16) =>
        Saved(new VisionTransformer(classes, new(32, patch, 64, 2, 1, 24), 5, 0), "vision.safetensors");

    string LanguageWeights(int positions = 20) =>
        Saved(new DistilBert(2, new(Tokens.Value.Count, positions, 64, 2, 1, 24), 5, 0), "language.safetensors");

    static ClientRecipe Recipe(string model) =>
        ClientPreset.Named(model).Settings with
        {
            Dataset = "x",
            Alpha = 1,
            Clients = 2,
            Seed = 0,
            Epochs = 2,
            BatchSize = 16,
            MaxLength = model == "vit" ? 0 : 12,
            Weights = "a hash",
            VocabularyFile = model == "vit" ? null : "a hash",
        };

    ClientTask Vision(ClientRecipe recipe) =>
        ClientTask.ForImages(recipe, Images.Value.Train, Images.Value.Test, VisionWeights());

    ClientTask Language(ClientRecipe recipe) =>
        ClientTask.ForTexts(recipe, News.Value.Train, News.Value.Test, Tokens.Value, LanguageWeights());

    ClientTask Task(string model, ClientRecipe recipe) => model == "vit" ? Vision(recipe) : Language(recipe);

    byte[] Run(
        string model,
        string name,
        int workers,
        IProgress<ClientProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        using var archive = new ClientTraining(Recipe(model), Task(model, Recipe(model)), folder.File(name)).Run(
            workers,
            progress,
            cancel
        );
        archive.Write(folder.File(name + ".npz"));
        return File.ReadAllBytes(folder.File(name + ".npz"));
    }

    [Theory, InlineData("vit"), InlineData("distilbert")]
    public void Stopped_after_an_epoch_and_started_again_it_ends_with_the_same_bytes(string model)
    {
        byte[] undisturbed = Run(model, "undisturbed", workers: 2);
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() =>
            Run(
                model,
                "stopped",
                workers: 1,
                new Told(p =>
                {
                    if (!double.IsNaN(p.Loss))
                        stop.Cancel();
                }),
                stop.Token
            )
        );
        Assert.Single(Directory.EnumerateFiles(folder.File("stopped"), "*.state"));
        Assert.Equal(undisturbed, Run(model, "stopped", workers: 1));
    }

    [Fact]
    public void Sizes_are_read_off_the_checkpoint()
    {
        Assert.Equal(
            new VisionTransformerSize(32, 16, 64, 2, 1, 24),
            CheckpointSize.OfVisionTransformer(VisionWeights())
        );
        Assert.Equal(
            new DistilBertSize(Tokens.Value.Count, 20, 64, 2, 1, 24),
            CheckpointSize.OfDistilBert(LanguageWeights())
        );
    }

    [Fact]
    public void The_full_sizes_come_out_of_shapes_of_the_full_size()
    {
        // Only the shapes count, so one layer and few classes do.
        using var meta = new TemporaryFolder();
        var shapes = new Dictionary<string, long[]>
        {
            ["conv_proj.weight"] = [768, 3, 32, 32],
            ["encoder.pos_embedding"] = [1, 50, 768],
            ["encoder.layers.encoder_layer_0.mlp.linear_1.weight"] = [3072, 768],
            ["encoder.layers.encoder_layer_0.ln_1.weight"] = [768],
        };
        Safetensors.Write(
            meta.File("vit"),
            shapes.ToDictionary(pair => pair.Key, pair => zeros(pair.Value)),
            new Dictionary<string, string>()
        );
        Assert.Equal(new VisionTransformerSize { Layers = 1 }, CheckpointSize.OfVisionTransformer(meta.File("vit")));
    }

    [Fact]
    public void Every_client_starts_from_the_checkpoint_with_a_head_of_its_own()
    {
        var task = Vision(Recipe("vit"));
        using var network = task.Network(1);
        using var again = task.Network(0);
        var stored = Safetensors.Read(folder.File("vision.safetensors")).Tensors;
        foreach (
            var (name, tensor) in network
                .state_dict()
                .Where(pair => !pair.Key.StartsWith("heads.", StringComparison.Ordinal))
        )
        {
            Assert.Equal(stored[name].Values, tensor.contiguous().data<float>().ToArray());
            Assert.Equal(stored[name].Values, again.state_dict()[name].contiguous().data<float>().ToArray());
        }
        Assert.Equal([10, 64], network.state_dict()["heads.head.weight"].shape);
    }

    [Fact]
    public void A_checkpoint_that_does_not_fit_is_refused_in_one_line()
    {
        var vision = Recipe("vit");
        var language = Recipe("distilbert");
        string Refusal(Action action) => Assert.Throws<InvalidDataException>(action).Message;
        Assert.Contains(
            "holds no vision transformer",
            Refusal(() => ClientTask.ForImages(vision, Images.Value.Train, Images.Value.Test, LanguageWeights()))
        );
        Assert.Contains(
            "holds no DistilBERT",
            Refusal(() =>
                ClientTask.ForTexts(language, News.Value.Train, News.Value.Test, Tokens.Value, VisionWeights())
            )
        );
        Assert.Contains(
            "knows texts of up to 8 tokens, not of 12",
            Refusal(() =>
                ClientTask.ForTexts(
                    language,
                    News.Value.Train,
                    News.Value.Test,
                    Tokens.Value,
                    LanguageWeights(positions: 8)
                )
            )
        );
        var other = new Vocabulary([.. Tokens.Value.Tokens, "onemore"]);
        Assert.Contains(
            "the vocabulary has",
            Refusal(() => ClientTask.ForTexts(language, News.Value.Train, News.Value.Test, other, LanguageWeights()))
        );
        Assert.Throws<ArgumentException>(() =>
            ClientTask.ForTexts(language, News.Value.Train, News.Value.Test, null, LanguageWeights())
        );
        Assert.Throws<ArgumentException>(() =>
            ClientTask.ForImages(vision with { Weights = null }, Images.Value.Train, Images.Value.Test, VisionWeights())
        );
        Assert.Throws<ArgumentException>(() =>
            ClientTask.ForImages(
                new("x", 1, 2, 0) { Weights = "a hash" },
                Images.Value.Train,
                Images.Value.Test,
                VisionWeights()
            )
        );
    }

    sealed class Told(Action<ClientProgress> action) : IProgress<ClientProgress>
    {
        public void Report(ClientProgress value) => action(value);
    }
}
