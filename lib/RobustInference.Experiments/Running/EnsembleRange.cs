using System.Text.Json.Serialization;
using RobustInference.Catalogue;
using RobustInference.Training;

namespace RobustInference.Running;

/// <summary>Ensembles that differ in their seed only, and how many of their clients are corrupted.</summary>
/// <param name="Dataset">Name of the data set.</param>
/// <param name="Alpha">α of the partition.</param>
/// <param name="Clients">n.</param>
/// <param name="Corrupted">f, one or several.</param>
/// <param name="Seeds">One ensemble each.</param>
/// <param name="Recipe">How to train the clients: the fields above are filled in; null for ensembles whose answers lie
/// in files.</param>
/// <param name="Model">What kind of client answered in those files: the name of a <see cref="ClientPreset"/>; the data
/// set's default one.</param>
public sealed record EnsembleRange(
    string Dataset,
    double Alpha,
    int Clients,
    IReadOnlyList<int> Corrupted,
    IReadOnlyList<long> Seeds,
    ClientRecipe? Recipe = null,
    string? Model = null
)
{
    /// <summary>One for each seed.</summary>
    [JsonIgnore]
    public IEnumerable<EnsembleId> Ensembles =>
        Seeds.Select(seed => new EnsembleId(
            Dataset,
            Alpha,
            Clients,
            seed,
            Recipe is null ? null : Recipe with { Dataset = Dataset, Alpha = Alpha, Clients = Clients, Seed = seed },
            Model == ClientPreset.Default(Dataset)?.Name ? null : Model
        ));
}
