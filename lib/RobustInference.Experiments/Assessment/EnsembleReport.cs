using RobustInference.Inputs;

namespace RobustInference.Assessment;

/// <summary>All that a report says, as data.</summary>
/// <param name="Title">What the input is called.</param>
/// <param name="Understood">What was taken for what; empty where nothing was guessed.</param>
/// <param name="Findings">What is suspicious.</param>
/// <param name="Verdict">The first lines.</param>
/// <param name="Samples">Test samples.</param>
/// <param name="ClassNames">K names.</param>
/// <param name="Rules">Rules × f.</param>
/// <param name="Clients">What each is like.</param>
/// <param name="Balance">Samples of each class.</param>
/// <param name="PerClass">Per rule of the last f, what is certified of each class, 0…1; null where a class has no
/// samples.</param>
/// <param name="Sets">What fixed sets cost, by f.</param>
/// <param name="Edge">Samples that are only just certified.</param>
/// <param name="Network">The file of the best learned rule; null for none.</param>
/// <param name="NetworkSha256">Its hash.</param>
public sealed record EnsembleReport(
    string Title,
    string Understood,
    IReadOnlyList<Finding> Findings,
    Verdict Verdict,
    int Samples,
    IReadOnlyList<string> ClassNames,
    IReadOnlyList<RuleFacts> Rules,
    IReadOnlyList<ClientFacts> Clients,
    IReadOnlyList<ClassBalance> Balance,
    IReadOnlyList<(string Rule, IReadOnlyList<double?> Certified)> PerClass,
    IReadOnlyList<SetFacts> Sets,
    IReadOnlyList<EdgeSample> Edge,
    string? Network,
    string? NetworkSha256
);
