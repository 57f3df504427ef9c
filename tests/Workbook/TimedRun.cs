using System.Diagnostics;

namespace Tests.Workbook;

/// <summary>The real command line to its end, each line with the time at which it came.</summary>
sealed record TimedRun(int ExitCode, TimeSpan Elapsed, IReadOnlyList<(TimeSpan At, string Text)> Lines)
{
    public static TimedRun Of(IEnumerable<(string, string)> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "workbook.dll"), .. arguments]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var lines = new List<(TimeSpan, string)>();
        long begin = Stopwatch.GetTimestamp();
        using var process = new Process { StartInfo = start };
        process.Start();
        // Threads of their own: those of the pool are busy with other tests, and a line would seem to come late.
        Thread[] readers = [Reader(process.StandardOutput), Reader(process.StandardError)];
        process.WaitForExit();
        var elapsed = Stopwatch.GetElapsedTime(begin);
        foreach (Thread reader in readers)
            reader.Join();
        return new TimedRun(process.ExitCode, elapsed, lines);

        Thread Reader(StreamReader from)
        {
            var thread = new Thread(() =>
            {
                while (from.ReadLine() is { } text)
                    lock (lines)
                        lines.Add((Stopwatch.GetElapsedTime(begin), text));
            });
            thread.Start();
            return thread;
        }
    }

    /// <summary>All lines.</summary>
    public string Text => string.Join('\n', Lines.Select(line => line.Text));

    /// <summary>All lines with their times.</summary>
    public string Timed => string.Join('\n', Lines.Select(line => $"{line.At.TotalSeconds,6:0.0}  {line.Text}"));

    /// <summary>The longest time without a line.</summary>
    public TimeSpan LongestSilence =>
        Lines
            .Select(line => line.At)
            .Prepend(TimeSpan.Zero)
            .Zip(Lines.Select(line => line.At).Append(Elapsed), (before, after) => after - before)
            .Max();
}
