using Tests.RobustInference.Clients;
using Tests.Workbook;

namespace Tests.Faults;

/// <summary>Small widths once wrote past the end of native memory on processors without AVX-512.</summary>
public sealed class NativeHeapTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    public void Clients_of_every_small_width_are_trained(int width)
    {
        TinyCifar.Write(folder.Path);
        var result = WorkbookProcess.Run(
            [("ONEDNN_MAX_CPU_ISA", "AVX2"), ("MALLOC_CHECK_", "3"), ("MALLOC_PERTURB_", "165")],
            [
                .. $"clients train --clients 3 --epochs 4 --width {width} --data {folder.Path}".Split(' '),
                "--out",
                folder.File("a.npz"),
            ]
        );
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}: {result.Error}");
    }
}
