namespace Workbook.Kernel.Engine;

/// <summary>Runs a part of a cell on a thread of its own, so that it can be stopped.</summary>
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
                CellOutput.Current = cell.Output;
                part(thread);
            });
        }
        finally
        {
            cell.End();
        }
    }
}
