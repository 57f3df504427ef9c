namespace Workbook.Kernel.Messaging;

/// <summary>How a kernel's work ended.</summary>
public enum KernelEnd
{
    /// <summary>It was told to shut down, and every thread has ended.</summary>
    Finished,

    /// <summary>It was told to shut down, and a cell still runs.</summary>
    Running,

    /// <summary>A cell could not be stopped: the process is to start afresh.</summary>
    Restart,
}
