using RobustInference.Probits;

namespace RobustInference.Catalogue;

/// <summary>What a rule may be made from.</summary>
/// <param name="Ensemble">What messages call it.</param>
/// <param name="Validation">The server's validation data; null where there is none.</param>
/// <param name="Clients">n.</param>
/// <param name="Corrupted">f.</param>
/// <param name="Cache">The folder of trained rules.</param>
/// <param name="Progress">Told a stage's name and how much is done, 0…1.</param>
/// <param name="Cancel">Checked while training.</param>
/// <param name="Answers">The answers to be aggregated; the constant answer is the best class of their labels where
/// there is no validation data.</param>
/// <param name="Files">Paths of trained rules by the SHA-256 of the file.</param>
/// <param name="Scoring">Told the share of the samples that are answered, 0…1, by a rule that takes its time over
/// each.</param>
public sealed record RuleInputs(
    string Ensemble,
    ProbitSet? Validation,
    ProbitSet Answers,
    int Clients,
    int Corrupted,
    string Cache,
    Action<string, double>? Progress = null,
    CancellationToken Cancel = default,
    IProgress<double>? Scoring = null,
    IReadOnlyDictionary<string, string>? Files = null
)
{
    /// <summary>The validation data, for a rule that cannot do without.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public ProbitSet Needed(string rule) =>
        Validation ?? throw new InvalidDataException($"{Ensemble}: has no validation data, which {rule} needs");

    /// <summary>Where a trained rule lies.</summary>
    /// <exception cref="FileNotFoundException">It was not named.</exception>
    public string FileOf(string sha256) =>
        Files?.GetValueOrDefault(sha256)
        ?? throw new FileNotFoundException($"the trained rule with SHA-256 {sha256[..12]}… is not here; name its file");
}
