using System.Globalization;
using System.Text.Json.Serialization;
using RobustInference.Training;

namespace RobustInference.Catalogue;

/// <summary>Which clients answered.</summary>
/// <param name="Dataset">Name of the data set.</param>
/// <param name="Alpha">α of the partition.</param>
/// <param name="Clients">n.</param>
/// <param name="Seed">Random seed of the partition and of training.</param>
/// <param name="Recipe">How to train the clients; null for an ensemble whose answers lie in a file.</param>
/// <param name="Model">Name of the clients' <see cref="ClientPreset"/> where the answers lie in a file and it is not
/// the data set's default; else null.</param>
public sealed record EnsembleId(
    string Dataset,
    double Alpha,
    int Clients,
    long Seed,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ClientRecipe? Recipe = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Model = null
)
{
    const int DefaultClients = 17;

    /// <summary>The name of its file: <c>cifar10-a0.5-s0</c>, with n where it is not the 17 of most tables,
    /// <c>cifar100-a0.3-n10-s0</c>, and with the clients' model where it is not the data set's default,
    /// <c>agnews-bag-a0.5-s0</c>.</summary>
    [JsonIgnore]
    public string Name =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Dataset}{(Model is null ? "" : $"-{Model}")}-a{Alpha}"
                + $"{(Clients == DefaultClients ? "" : $"-n{Clients}")}-s{Seed}"
        );

    /// <summary>What kind of client answered; null for a data set that is not known here.</summary>
    [JsonIgnore]
    public ClientPreset? Kind =>
        Recipe is not null ? ClientPreset.Of(Recipe)
        : Model is not null ? ClientPreset.Named(Model)
        : ClientPreset.Default(Dataset);

    public override string ToString() => Name;
}
