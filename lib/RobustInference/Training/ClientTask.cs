using RobustInference.Clients;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>What <see cref="ClientTraining"/> trains on: samples as the tensors of a kind of client, and each client's
/// network before its first step.</summary>
/// <param name="Train">The training samples, all clients' together.</param>
/// <param name="Test">The test samples.</param>
/// <param name="Network">The network of the client of this index; its owner disposes it.</param>
public sealed record ClientTask(
    ILabelledSamples Train,
    ILabelledSamples Test,
    Func<int, nn.Module<Tensor, Tensor>> Network
)
{
    const int HiddenPerWidth = 4;

    /// <summary>Names of parameters that <c>weights</c> left as they are: its head is another task's, or there is
    /// none.</summary>
    public IReadOnlyList<string> Fresh { get; private init; } = [];

    /// <summary>The task of a recipe whose data set lies in a folder.</summary>
    /// <param name="recipe">What to train.</param>
    /// <param name="directory">As <see cref="CifarReader.Read"/> and <see cref="AgNewsReader.Read"/> take it.</param>
    /// <param name="vocabulary">The tokens of texts; null to make them from the training texts.</param>
    /// <param name="weights">The checkpoint that every client starts from, if any.</param>
    /// <exception cref="ArgumentException">A recipe that does not fit its data set.</exception>
    /// <exception cref="IOException">The data set is not there.</exception>
    /// <exception cref="InvalidDataException">A file that cannot be read or does not fit.</exception>
    public static ClientTask Read(
        ClientRecipe recipe,
        string directory,
        Vocabulary? vocabulary = null,
        string? weights = null
    )
    {
        if (recipe.Dataset == AgNewsReader.Name)
        {
            var (texts, testTexts) = AgNewsReader.Read(directory);
            return ForTexts(recipe, texts, testTexts, vocabulary, weights);
        }
        var (images, testImages) = CifarReader.Read(recipe.Dataset, directory);
        return ForImages(recipe, images, testImages, weights);
    }

    /// <summary>Clients that read images.</summary>
    /// <param name="recipe">What to train.</param>
    /// <param name="train">All clients' training images.</param>
    /// <param name="test">The test images.</param>
    /// <param name="weights">The checkpoint that every client starts from, of which <see cref="ClientRecipe.Weights"/>
    /// has the hash; it says the network's sizes.</param>
    /// <exception cref="ArgumentException">The recipe's model reads no images, or a width that is not
    /// positive.</exception>
    /// <exception cref="InvalidDataException">A checkpoint that cannot be read or does not fit.</exception>
    public static ClientTask ForImages(
        ClientRecipe recipe,
        ImageDataset train,
        ImageDataset test,
        string? weights = null
    )
    {
        Check(recipe, weights);
        var fresh = new List<string>();
        Func<int, nn.Module<Tensor, Tensor>> network = (recipe.Model, weights) switch
        {
            (ClientModel.ResNet8, null) => client => new ResNet8(train.Classes, recipe.Width, recipe.Seed, client),
            (ClientModel.VisionTransformer, { } file) => VisionTransformers(recipe, train.Classes, file, fresh),
            _ => throw Unsuitable(recipe, weights, "images"),
        };
        Try(network);
        return new(new ImageBatches(train), new ImageBatches(test), network) { Fresh = [.. fresh] };
    }

    /// <summary>Clients that read texts.</summary>
    /// <param name="recipe">What to train.</param>
    /// <param name="train">All clients' training texts.</param>
    /// <param name="test">The test texts.</param>
    /// <param name="vocabulary">The tokens; null to make them from the training texts.</param>
    /// <param name="weights">The checkpoint that every client starts from, of which <see cref="ClientRecipe.Weights"/>
    /// has the hash; it says the network's sizes.</param>
    /// <exception cref="ArgumentException">The recipe's model reads no texts, or a number that makes no
    /// model.</exception>
    /// <exception cref="InvalidDataException">A checkpoint that cannot be read or does not fit the
    /// vocabulary.</exception>
    public static ClientTask ForTexts(
        ClientRecipe recipe,
        TextDataset train,
        TextDataset test,
        Vocabulary? vocabulary = null,
        string? weights = null
    )
    {
        Check(recipe, weights);
        if (recipe.MaxLength < 3 || recipe.Dropout is not (>= 0 and < 1))
            throw new ArgumentException(
                $"texts of {recipe.MaxLength} tokens, dropout {recipe.Dropout}: at least 3, and 0 or more "
                    + "and below 1 are needed"
            );
        if (vocabulary is null != recipe.VocabularyFile is null)
            throw new ArgumentException("a recipe has the hash of its vocabulary if and only if there is one");
        if (weights is not null && vocabulary is null)
            throw new ArgumentException($"{weights} needs the vocabulary that it was trained with");
        var tokenizer = new WordPieceTokenizer(vocabulary ?? TextVocabulary.Of(train.Texts, recipe.Vocabulary));
        int tokens = tokenizer.Vocabulary.Count;
        var fresh = new List<string>();
        Func<int, nn.Module<Tensor, Tensor>> network = (recipe.Model, weights) switch
        {
            (ClientModel.Bag, null) => client => new BagOfEmbeddings(
                train.Classes,
                tokens,
                recipe.Width,
                recipe.Dropout,
                recipe.Seed,
                client
            ),
            (ClientModel.DistilBert, _) => DistilBerts(recipe, train.Classes, tokens, weights, fresh),
            _ => throw Unsuitable(recipe, weights, "texts"),
        };
        Try(network);
        return new(
            new TextBatches(train, tokenizer, recipe.MaxLength),
            new TextBatches(test, tokenizer, recipe.MaxLength),
            network
        )
        {
            Fresh = [.. fresh],
        };
    }

    /// <summary>Makes one network at once, so that sizes and weights that do not fit are said before anything is
    /// written.</summary>
    static void Try(Func<int, nn.Module> network) => network(0).Dispose();

    static void Check(ClientRecipe recipe, string? weights)
    {
        if (recipe.Width < 1)
            throw new ArgumentException($"width {recipe.Width}: at least 1 is needed");
        if (weights is null != recipe.Weights is null)
            throw new ArgumentException("a recipe has the hash of its checkpoint if and only if there is one");
    }

    static ArgumentException Unsuitable(ClientRecipe recipe, string? weights, string noun) =>
        new($"{recipe.Model} {(weights is null ? "from scratch" : "from a checkpoint")} is no client for {noun}");

    static Func<int, nn.Module<Tensor, Tensor>> VisionTransformers(
        ClientRecipe recipe,
        int classes,
        string weights,
        List<string> fresh
    )
    {
        var size = CheckpointSize.OfVisionTransformer(weights);
        return client =>
            Loaded(
                new VisionTransformer(classes, size, recipe.Seed, client),
                network => Note(fresh, PretrainedWeights.LoadInplace(network, weights))
            );
    }

    static Func<int, nn.Module<Tensor, Tensor>> DistilBerts(
        ClientRecipe recipe,
        int classes,
        int tokens,
        string? weights,
        List<string> fresh
    )
    {
        if (weights is null)
            return client => new DistilBertOnTexts(
                new DistilBert(classes, FromScratch(recipe, tokens), recipe.Seed, client)
            );
        var size = OfCheckpoint(weights, recipe, tokens);
        return client => new DistilBertOnTexts(
            Loaded(
                new DistilBert(classes, size, recipe.Seed, client),
                network => Note(fresh, PretrainedWeights.LoadInplace(network, weights))
            )
        );
    }

    static DistilBertSize FromScratch(ClientRecipe recipe, int tokens) =>
        new(
            tokens,
            recipe.MaxLength,
            recipe.Width,
            recipe.Layers,
            recipe.Heads,
            HiddenPerWidth * recipe.Width,
            recipe.Dropout
        );

    static DistilBertSize OfCheckpoint(string weights, ClientRecipe recipe, int tokens)
    {
        var size = CheckpointSize.OfDistilBert(weights) with { Dropout = recipe.Dropout };
        if (size.Vocabulary != tokens)
            throw new InvalidDataException(
                $"{weights}: was trained with {size.Vocabulary:N0} tokens, the vocabulary has {tokens:N0}"
            );
        if (size.Positions < recipe.MaxLength)
            throw new InvalidDataException(
                $"{weights}: knows texts of up to {size.Positions:N0} tokens, not of {recipe.MaxLength:N0}"
            );
        return size;
    }

    // Clients' networks are made side by side.
    static void Note(List<string> fresh, IReadOnlyList<string> names)
    {
        lock (fresh)
            fresh.AddRange(names);
    }

    static T Loaded<T>(T network, Action<T> load)
        where T : nn.Module
    {
        try
        {
            load(network);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }
}
