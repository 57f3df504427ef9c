using System.Text.Json.Serialization;

namespace RobustInference.Running;

/// <summary>What a certificate covers of one class.</summary>
/// <param name="Aggregator">The rule's name.</param>
/// <param name="Threat"><c>fixed</c> or <c>any</c>.</param>
/// <param name="Class">The label.</param>
/// <param name="Samples">Samples of that label.</param>
/// <param name="Certified">Those of them that are certified.</param>
/// <param name="Name">What the class is called; null where it has only a number.</param>
public sealed record ClassCoverage(
    string Aggregator,
    string Threat,
    int Class,
    int Samples,
    int Certified,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name = null
);
