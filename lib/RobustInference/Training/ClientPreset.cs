using RobustInference.Clients;

namespace RobustInference.Training;

/// <summary>A kind of client by name, with the settings that suit it.</summary>
/// <param name="Name">As <c>--model</c> takes it.</param>
/// <param name="ReadsTexts">Texts, or else images.</param>
/// <param name="NeedsWeights">It starts from a pre-trained checkpoint, which says its sizes.</param>
/// <param name="Title">For people.</param>
/// <param name="Settings">A recipe whose data set, α, n and seed are placeholders.</param>
public sealed record ClientPreset(string Name, bool ReadsTexts, bool NeedsWeights, string Title, ClientRecipe Settings)
{
    static readonly ClientRecipe Blank = new("", 1, 1, 0);

    /// <summary>The images' default, whose clients answer augmented copies of the validation images too.</summary>
    public const string WithViews = "resnet8-views";

    /// <summary>The first of each kind of data is its default.</summary>
    public static readonly IReadOnlyList<ClientPreset> All =
    [
        new("resnet8", false, false, "ResNet-8 from scratch", Blank),
        // The same settings: a name for tables beside those of narrower clients.
        new("resnet8-w32", false, false, "ResNet-8 of width 32 from scratch", Blank),
        new(
            WithViews,
            false,
            false,
            "ResNet-8 from scratch, asked about six augmented copies of each validation image too",
            Blank with
            {
                Views = 6,
            }
        ),
        new(
            "vit",
            false,
            true,
            "ViT-B/32 or another vision transformer from --weights",
            Blank with
            {
                Model = ClientModel.VisionTransformer,
                Epochs = 20,
                BatchSize = 32,
                LearningRate = 0.01,
                FinalLearningRate = 0.001,
                Momentum = 0,
                WeightDecay = 1e-4,
            }
        ),
        new(
            "distilbert-small",
            true,
            false,
            "small DistilBERT from scratch",
            Blank with
            {
                Model = ClientModel.DistilBert,
                Optimiser = ClientOptimiser.AdamW,
                Width = 128,
                Layers = 2,
                Heads = 4,
                Epochs = 3,
                BatchSize = 16,
                LearningRate = 1e-3,
                WeightDecay = 0.01,
                WarmUp = 0.1,
                Dropout = 0.1,
                MaxLength = 48,
                Vocabulary = 8000,
            }
        ),
        new(
            "distilbert",
            true,
            true,
            "DistilBERT from --weights",
            Blank with
            {
                Model = ClientModel.DistilBert,
                Optimiser = ClientOptimiser.AdamW,
                Epochs = 3,
                BatchSize = 32,
                LearningRate = 5e-5,
                WeightDecay = 0.01,
                WarmUp = 0.1,
                Dropout = 0.1,
                MaxLength = 128,
            }
        ),
        new(
            "bag",
            true,
            false,
            "bag of embeddings from scratch",
            Blank with
            {
                Model = ClientModel.Bag,
                Optimiser = ClientOptimiser.AdamW,
                Width = 64,
                Epochs = 5,
                BatchSize = 32,
                LearningRate = 5e-3,
                WeightDecay = 0.01,
                Dropout = 0.3,
                MaxLength = 64,
                Vocabulary = 8000,
            }
        ),
    ];

    /// <summary>The one that a data set has unless another is named: of texts and of images the first; null for a data
    /// set that is not known here.</summary>
    public static ClientPreset? Default(string dataset) =>
        dataset == AgNewsReader.Name ? First(readsTexts: true)
        : CifarReader.Names.Contains(dataset) ? First(readsTexts: false)
        : null;

    /// <summary>The first preset for texts or for images.</summary>
    public static ClientPreset First(bool readsTexts) => All.First(preset => preset.ReadsTexts == readsTexts);

    /// <summary>The preset that a recipe was made from; null where there is none of its model.</summary>
    public static ClientPreset? Of(ClientRecipe recipe) =>
        All.FirstOrDefault(preset =>
            preset.Settings.Model == recipe.Model && preset.NeedsWeights == (recipe.Weights is not null)
        );

    /// <summary>The preset called <paramref name="name"/>.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static ClientPreset Named(string name) =>
        All.FirstOrDefault(preset => preset.Name == name)
        ?? throw new ArgumentException(
            $"no client model is called '{name}'; there are {string.Join(", ", All.Select(preset => preset.Name))}"
        );
}
