namespace Workbook.Notebooks.Execution;

/// <summary>What the runner tells a worker process.</summary>
/// <param name="Run">The notebook to run, in the first order.</param>
/// <param name="Interrupt">Whether the running cell is to be stopped.</param>
public sealed record WorkerOrder(WorkerRequest? Run, bool Interrupt = false);
