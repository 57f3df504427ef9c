namespace RobustInference.Assessment;

/// <summary>What fixed sets of f liars leave of one rule.</summary>
/// <param name="Corrupted">f.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Samples">How many test samples it was measured on.</param>
/// <param name="IsEverySet">Whether all C(n, f) sets were looked at, or a draw of them.</param>
/// <param name="Sets">Each set with what is certified of the rule, 0…1; the worst first.</param>
/// <param name="Costs">Per client, by how much less is certified where it is among the liars, 0…1.</param>
public sealed record SetFacts(
    int Corrupted,
    string Rule,
    int Samples,
    bool IsEverySet,
    IReadOnlyList<(IReadOnlyList<int> Clients, double Certified)> Sets,
    IReadOnlyList<double> Costs
);
