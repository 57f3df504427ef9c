using System.Text.Json.Serialization;
using RobustInference.Training;

namespace RobustInference.Experiments;

/// <summary>Which clients answered.</summary>
/// <param name="Dataset">Name of the data set.</param>
/// <param name="Alpha">α of the partition.</param>
/// <param name="Clients">n.</param>
/// <param name="Seed">Of the partition and everything that training draws.</param>
/// <param name="Recipe">How to train the clients; null for an ensemble whose answers lie in a file.</param>
public sealed record Ensemble(
    string Dataset, double Alpha, int Clients, long Seed, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ClientRecipe? Recipe = null)
{
    /// <summary>The name of its file, and of its bar on a screen.</summary>
    [JsonIgnore]
    public string Name => WorkbookFolder.EnsembleName(Dataset, Alpha, Clients, Seed);

    public override string ToString() => Name;
}
