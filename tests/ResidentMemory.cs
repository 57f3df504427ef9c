using System.Runtime.InteropServices;

namespace Tests;

/// <summary>What torch holds beside the collector's heap. The C library's own count where it keeps one: the pages of
/// a process also hold what the collector keeps for later and gaps between blocks, which come and go by tens of MB in
/// a process that ran other tests before.</summary>
static partial class ResidentMemory
{
    static readonly bool Counted = OperatingSystem.IsLinux() && HasCount();

    /// <summary>In bytes, nothing being collected before: tensors that were left to the collector are still
    /// there.</summary>
    public static long Bytes()
    {
        if (Counted)
        {
            var count = Count();
            return (long)(count.InUse + count.Mapped);
        }
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

    static bool HasCount() =>
        NativeLibrary.TryLoad("libc.so.6", out nint library) && NativeLibrary.TryGetExport(library, "mallinfo2", out _);

    /// <summary>glibc's mallinfo2, over all arenas; in bytes where not a number of blocks.</summary>
    [StructLayout(LayoutKind.Sequential)]
    readonly struct Blocks
    {
        public readonly nuint FromSystem,
            FreeBlocks,
            FastBlocks,
            MappedBlocks,
            Mapped,
            Unused,
            InFastBlocks,
            InUse,
            Free,
            Releasable;
    }

    [LibraryImport("libc.so.6", EntryPoint = "mallinfo2")]
    private static partial Blocks Count();

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint pad);
}
