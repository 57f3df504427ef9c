namespace Workbook.Notebooks.Execution;

/// <summary>How a notebook's run ended.</summary>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Failures">The cells that failed, in the order in which they did.</param>
/// <param name="CellSeconds">How long each code cell took that came to its end, in order.</param>
public sealed record NotebookRun(
    TimeSpan Elapsed,
    IReadOnlyList<CellFailure> Failures,
    IReadOnlyList<double> CellSeconds
)
{
    /// <summary>Whether every cell ran to its end, and the process too.</summary>
    public bool Succeeded => Failures.Count == 0;
}
