using System.Text.Json.Serialization;
using RobustInference.Training;

namespace RobustInference.Experiments;

/// <summary>Which clients answered.</summary>
/// <param name="Dataset">Name of the data set.</param>
/// <param name="Alpha">α of the partition.</param>
/// <param name="Clients">n.</param>
/// <param name="Seed">Of the partition and everything that training draws.</param>
/// <param name="Recipe">How to train the clients; null for an ensemble whose answers lie in a file.</param>
/// <param name="Model">Name of the clients' <see cref="ClientPreset"/> where the answers lie in a file and it is not
/// the data set's usual one; else null.</param>
public sealed record Ensemble(
    string Dataset,
    double Alpha,
    int Clients,
    long Seed,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ClientRecipe? Recipe = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Model = null
)
{
    /// <summary>The name of its file, and of its bar on a screen.</summary>
    [JsonIgnore]
    public string Name => WorkbookFolder.EnsembleName(Dataset, Alpha, Clients, Seed, Model);

    /// <summary>What kind of client answered; null for a data set that is not known here.</summary>
    [JsonIgnore]
    public ClientPreset? Kind =>
        Recipe is not null ? ClientPreset.Of(Recipe)
        : Model is not null ? ClientPreset.Named(Model)
        : ClientPreset.Usual(Dataset);

    public override string ToString() => Name;
}
