using RobustInference.Probits;

namespace RobustInference.Inputs;

/// <summary>An ensemble's answers out of any file, with what was understood of it.</summary>
/// <param name="Path">The file, folder or files.</param>
/// <param name="Archive">The answers.</param>
public sealed record InputEnsemble(string Path, ProbitArchive Archive) : IDisposable
{
    /// <summary>What the input is called in titles.</summary>
    public string Title { get; init; } = System.IO.Path.GetFileName(Path.TrimEnd('/', '\\'));

    /// <summary>The title, with the split where there was one.</summary>
    public string FullTitle =>
        Split is { } split
            ? FormattableString.Invariant($"{Title} (validation: {split.Share} split off, seed {split.Seed})")
            : Title;

    /// <summary>One line about what was taken for what; empty for a file in the documented form, where nothing was
    /// guessed.</summary>
    public string Understood { get; init; } = "";

    /// <summary>Whether the answers are those of an <c>.npz</c> in the documented form, as they are.</summary>
    public bool IsDocumentedForm { get; init; }

    /// <summary>Whether clients answer with a class and not with probabilities.</summary>
    public bool HasVotes { get; init; }

    /// <summary>Whether the file holds logits.</summary>
    public bool HasLogits { get; init; }

    /// <summary>The number that the file gives the first class.</summary>
    public int LabelsFrom { get; init; }

    /// <summary>Whether the user said so.</summary>
    public bool SaysLabelsFrom { get; init; }

    /// <summary>The seed and share of the split that made the validation part; null where the file has one, or there is
    /// none.</summary>
    public (double Share, long Seed)? Split { get; init; }

    /// <summary>What clients and classes are called.</summary>
    public EnsembleNames Names => Archive.Names;

    public void Dispose() => Archive.Dispose();
}
