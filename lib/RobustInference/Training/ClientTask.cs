using RobustInference.Clients;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>What <see cref="ClientTraining"/> trains on: samples as the tensors of a kind of client, and each client's network before its first step.</summary>
/// <param name="Train">The training samples, all clients' together.</param>
/// <param name="Test">The test samples.</param>
/// <param name="Network">The network of the client of this index; its owner disposes it.</param>
public sealed record ClientTask(ILabelledSamples Train, ILabelledSamples Test, Func<int, nn.Module<Tensor, Tensor>> Network)
{
    const int HiddenPerWidth = 4;

    /// <summary>Clients that read images.</summary>
    /// <exception cref="ArgumentException">The recipe's model reads no images, or a width that is not positive.</exception>
    public static ClientTask ForImages(ClientRecipe recipe, ImageDataset train, ImageDataset test)
    {
        if (recipe.Width < 1) throw new ArgumentException($"width {recipe.Width}: at least 1 is needed");
        return recipe.Model switch
        {
            ClientModel.ResNet8 => new(new ImageBatches(train), new ImageBatches(test), client => new ResNet8(train.Classes, recipe.Width, recipe.Seed, client)),
            _ => throw new ArgumentException($"{recipe.Model} reads no images"),
        };
    }

    /// <summary>Clients that read texts.</summary>
    /// <param name="recipe">What to train.</param>
    /// <param name="train">All clients' training texts.</param>
    /// <param name="test">The test texts.</param>
    /// <param name="vocabulary">The tokens; null to make them from the training texts.</param>
    /// <exception cref="ArgumentException">The recipe's model reads no texts, or a number that makes no model.</exception>
    public static ClientTask ForTexts(ClientRecipe recipe, TextDataset train, TextDataset test, Vocabulary? vocabulary = null)
    {
        if (recipe.Width < 1 || recipe.MaxLength < 3 || recipe.Dropout is not (>= 0 and < 1))
            throw new ArgumentException($"width {recipe.Width}, texts of {recipe.MaxLength} tokens, dropout {recipe.Dropout}: at least 1, at least 3, and 0 up to 1 without it are needed");
        var tokenizer = new WordPieceTokenizer(vocabulary ?? TextVocabulary.Of(train.Texts, recipe.Vocabulary));
        int tokens = tokenizer.Vocabulary.Count;
        Func<int, nn.Module<Tensor, Tensor>> network = recipe.Model switch
        {
            ClientModel.DistilBert => client => new DistilBertOnTexts(new DistilBert(train.Classes, Size(recipe, tokens), recipe.Seed, client)),
            ClientModel.Bag => client => new BagOfEmbeddings(train.Classes, tokens, recipe.Width, recipe.Dropout, recipe.Seed, client),
            _ => throw new ArgumentException($"{recipe.Model} reads no texts"),
        };
        return new(new TextBatches(train, tokenizer, recipe.MaxLength), new TextBatches(test, tokenizer, recipe.MaxLength), network);
    }

    static DistilBertSize Size(ClientRecipe recipe, int tokens) =>
        new(tokens, recipe.MaxLength, recipe.Width, recipe.Layers, recipe.Heads, HiddenPerWidth * recipe.Width, recipe.Dropout);
}
