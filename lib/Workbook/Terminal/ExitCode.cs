namespace Workbook.Terminal;

/// <summary>What the process returns beside 0.</summary>
public static class ExitCode
{
    /// <summary>A fault of the program itself.</summary>
    public const int Bug = 1;

    /// <summary>Arguments, files or data that cannot be used.</summary>
    public const int BadInput = 2;

    /// <summary>SIGUSR2: stopped with work left, to be started again; sysexits' EX_TEMPFAIL.</summary>
    public const int Again = 75;

    /// <summary>Ctrl-C: 128 and the number of the signal, as shells have it.</summary>
    public const int Cancelled = 130;

    /// <summary>SIGTERM, counted in the same way.</summary>
    public const int Terminated = 143;
}
