using Workbook.Kernel;

namespace Workbook.Notebooks.Execution;

/// <summary>What a notebook's process may take.</summary>
public sealed record RunLimits
{
    /// <summary>The longest time for one cell; null for no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The most memory, in bytes; null for no limit.</summary>
    public long? Memory { get; init; }

    /// <summary>The most output of one cell that is kept, in bytes.</summary>
    public long Output { get; init; } = OutputBudget.OfACell;

    /// <summary>How long threads may go on after the last cell, and an interrupted cell after the interrupt.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the cells behind a failed one are run too.</summary>
    public bool KeepGoing { get; init; }
}
