using System.Runtime.InteropServices;

namespace Workbook.Commands;

/// <summary>SIGUSR2, by which a batch system says that the time is nearly up, as a cancellation.</summary>
sealed class StopSignal : IDisposable
{
    readonly CancellationTokenSource stop;
    readonly PosixSignalRegistration? registration;

    public StopSignal(CancellationToken cancel)
    {
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (OperatingSystem.IsWindows())
            return;
        // The enumeration has no SIGUSR2, but raw numbers are taken: 12 on Linux, 31 on macOS.
        registration = PosixSignalRegistration.Create(
            (PosixSignal)(OperatingSystem.IsMacOS() ? 31 : 12),
            context =>
            {
                context.Cancel = true;
                WasSent = true;
                stop.Cancel();
            }
        );
    }

    /// <summary>Cancelled by the signal or by the caller.</summary>
    public CancellationToken Token => stop.Token;

    public bool WasSent { get; private set; }

    public void Dispose()
    {
        registration?.Dispose();
        stop.Dispose();
    }
}
