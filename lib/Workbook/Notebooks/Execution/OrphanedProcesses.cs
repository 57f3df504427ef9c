using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Workbook.Notebooks.Execution;

/// <summary>The processes that cells have started and left behind: on Linux they become this process's children, and
/// are ended with it.</summary>
/// <remarks>Only for a process whose own children are all notebooks that have ended by then.</remarks>
sealed partial class OrphanedProcesses : IDisposable
{
    const int BecomeSubreaper = 36; // PR_SET_CHILD_SUBREAPER

    public OrphanedProcesses()
    {
        if (OperatingSystem.IsLinux())
            Control(BecomeSubreaper, 1, 0, 0, 0);
    }

    public void Dispose()
    {
        if (!OperatingSystem.IsLinux())
            return;
        foreach (int id in ChildProcesses.Of(Environment.ProcessId))
            try
            {
                using Process process = Process.GetProcessById(id);
                process.Kill(entireProcessTree: true);
            }
            catch (Exception error) when (error is ArgumentException or InvalidOperationException or AggregateException)
            { } // gone already
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint argument, nuint third, nuint fourth, nuint fifth);
}
