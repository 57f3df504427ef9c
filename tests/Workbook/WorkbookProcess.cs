using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tests.Workbook;

/// <summary>The real command line as a process of its own.</summary>
sealed partial class WorkbookProcess : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    readonly Process process;
    readonly Task<string> output,
        error;

    WorkbookProcess(string[] arguments, IEnumerable<(string, string)>? environment)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "workbook.dll"));
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Remove("WORKBOOK_DEBUG");
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        process = Process.Start(start)!;
        (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    public sealed record Result(int ExitCode, string Output, string Error)
    {
        /// <summary>The lines on standard error, without those about what is suspicious of the input: the ensembles of
        /// tests are small.</summary>
        public string[] Remarks =>
            [
                .. Error
                    .TrimEnd('\n')
                    .Split('\n')
                    .Where(line => !line.StartsWith("Suspicious: ", StringComparison.Ordinal)),
            ];
    }

    public static WorkbookProcess Start(params string[] arguments) => new(arguments, null);

    public static WorkbookProcess Start(IEnumerable<(string, string)> environment, params string[] arguments) =>
        new(arguments, environment);

    public static Result Run(params string[] arguments) => Run([], arguments);

    public static Result Run(IEnumerable<(string, string)> environment, params string[] arguments)
    {
        using var started = new WorkbookProcess(arguments, environment);
        return started.End();
    }

    public bool HasExited => process.HasExited;

    /// <summary>SIGKILL: nothing is tidied up.</summary>
    public void Kill() => process.Kill();

    /// <summary>Ctrl-C.</summary>
    public void Interrupt() => Signal("INT");

    /// <summary>Any other signal, by its name without SIG. Sent by the system's own call: a program that sends it would
    /// take its time to start where much else runs, and the work might be over by then.</summary>
    public void Signal(string name)
    {
        int number = name switch
        {
            "INT" => 2,
            "TERM" => 15,
            "USR2" => OperatingSystem.IsMacOS() ? 31 : 12,
            _ => throw new ArgumentException($"no number is known of SIG{name}", nameof(name)),
        };
        _ = Kill(process.Id, number);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    public int Id => process.Id;

    public Result End() => End(Patience);

    public Result End(TimeSpan patience)
    {
        if (!process.WaitForExit(patience))
        {
            process.Kill();
            Assert.Fail($"the process did not end within {patience}");
        }
        process.WaitForExit();
#pragma warning disable xUnit1031 // the process has ended, so both streams have
        return new(process.ExitCode, output.Result, error.Result);
#pragma warning restore xUnit1031
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }
}
