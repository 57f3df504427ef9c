using System.Runtime.InteropServices;

namespace Tests;

/// <summary>What the process holds in memory beside the collector's heap: the larger the processor's cache, the more garbage that heap is allowed.</summary>
static partial class ResidentMemory
{
    /// <summary>In bytes, nothing being collected before: tensors that were left to the collector are still there.</summary>
    public static long Bytes()
    {
        // The C library keeps pages that nothing uses between those that something does.
        if (OperatingSystem.IsLinux()) GiveBack(0);
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

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int GiveBack(nuint pad);
}
