using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;

namespace Workbook.Kernel.Engine;

/// <summary>Runs each part of a cell, in whatever language, on a thread of its own, so that it can be stopped.</summary>
static class CellThread
{
    /// <summary>Runs a part of <paramref name="cell"/> and waits for its end.</summary>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    public static void Run(CellRun cell, Action<InterruptibleThread> part)
    {
        InterruptibleThread thread = cell.Begin();
        try
        {
            thread.Run(() =>
            {
                ConsoleStreams.Install(); // the engine has put a console of its own in
                CellOutput.Current = cell.Output;
                part(thread);
            });
        }
        finally
        {
            cell.End();
        }
    }

    /// <summary>Lets a language that knows nothing of interrupts run so that it can be stopped.</summary>
    /// <param name="language">It has no parts of the engine's inside that must not be cut short.</param>
    /// <param name="current">The cell that runs now.</param>
    public static T Stoppable<T>(this T language, Func<CellRun?> current)
        where T : Microsoft.DotNet.Interactive.Kernel
    {
        language.AddMiddleware(
            async (command, context, next) =>
            {
                if (command is SubmitCode && current() is { } cell)
                    Run(
                        cell,
                        thread =>
                        {
                            var synchronization = new CellSynchronization();
                            SynchronizationContext.SetSynchronizationContext(synchronization);
                            thread.Abortable(() => synchronization.RunToEnd(next(command, context)));
                        }
                    );
                else
                    await next(command, context);
            },
            nameof(CellThread)
        );
        return language;
    }
}
