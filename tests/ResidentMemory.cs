using System.Runtime.InteropServices;

namespace Tests;

/// <summary>What the process holds in memory beside the collector's heap: the larger the processor's cache, the more
/// garbage that heap is allowed.</summary>
static partial class ResidentMemory
{
    /// <summary>In bytes, nothing being collected before: tensors that were left to the collector are still
    /// there.</summary>
    public static long Bytes()
    {
        GiveBackUnused();
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64 - GC.GetTotalMemory(forceFullCollection: false);
    }

    /// <summary>In bytes, after a collection.</summary>
    public static long BytesAfterCollection()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Bytes();
    }

    /// <summary>On Linux, the C library gives back pages that nothing uses; it keeps those that lie between used ones
    /// otherwise.</summary>
    public static void GiveBackUnused()
    {
        if (OperatingSystem.IsLinux())
            Trim(0);
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint pad);
}
