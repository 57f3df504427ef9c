namespace Tests.Workbook;

/// <summary>A file system of its own in memory, that can be full or read-only: permissions alone do not stop
/// root.</summary>
sealed class SmallDisk : IDisposable
{
    readonly string folder;

    /// <summary>Mounts it, or skips the test where that is not allowed.</summary>
    public SmallDisk(string folder, string size)
    {
        this.folder = folder;
        Assert.SkipUnless(OperatingSystem.IsLinux(), "tmpfs is Linux's");
        Directory.CreateDirectory(folder);
        var (exit, output) = Outside.Run("mount", ["-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder]);
        Assert.SkipWhen(exit != 0, $"mounting is not allowed here: {output.Trim()}");
    }

    public void Remount(string option)
    {
        var (exit, output) = Outside.Run("mount", ["-o", $"remount,{option}", folder]);
        Assert.True(exit == 0, output);
    }

    public void Dispose() => Outside.Run("umount", ["-l", folder]);
}
