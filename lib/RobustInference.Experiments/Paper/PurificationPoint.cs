using System.Text.Json.Serialization;

namespace RobustInference.Paper;

/// <summary>One point of <see cref="PurificationFigure"/>.</summary>
/// <param name="Dataset">Name of the data set.</param>
/// <param name="Alpha">α of the partition.</param>
/// <param name="Clients">n.</param>
/// <param name="Corrupted">f.</param>
/// <param name="Aggregator">The rule's name.</param>
/// <param name="Attack">Clean, Logit flipping or SIA.</param>
/// <param name="Amplification">a of logit flipping; null for the others.</param>
/// <param name="Accuracy">0…1, mean over seeds.</param>
/// <param name="Std">Sample standard deviation (n−1) over seeds; null for one seed.</param>
/// <param name="Seeds">The seeds.</param>
public sealed record PurificationPoint(
    string Dataset,
    double Alpha,
    int Clients,
    int Corrupted,
    string Aggregator,
    string Attack,
    double? Amplification,
    double Accuracy,
    double? Std,
    IReadOnlyList<long> Seeds
)
{
    /// <summary>The attack with f and, where it has one, a.</summary>
    [JsonIgnore]
    public string Setting =>
        $"{Attack}, f = {Corrupted}" + (Amplification is { } a ? FormattableString.Invariant($", a = {a}") : "");
}
