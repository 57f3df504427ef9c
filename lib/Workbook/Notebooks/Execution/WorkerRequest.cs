namespace Workbook.Notebooks.Execution;

/// <summary>What a worker process is to run.</summary>
/// <param name="Folder">What relative paths in <c>#r</c> and <c>#load</c> are relative to.</param>
/// <param name="Cells">The code cells, in order.</param>
/// <param name="KeepGoing">Whether the cells behind a failed one are run too.</param>
/// <param name="OutputLimit">The most bytes of output that are kept of a cell.</param>
/// <param name="Grace">How long threads may go on after the last cell.</param>
public sealed record WorkerRequest(
    string Folder,
    IReadOnlyList<CellRequest> Cells,
    bool KeepGoing,
    long OutputLimit,
    TimeSpan Grace
);
