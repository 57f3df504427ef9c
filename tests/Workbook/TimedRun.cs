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
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        return new TimedRun(process.ExitCode, Stopwatch.GetElapsedTime(begin), lines);

        void Note(string? text)
        {
            if (text is not null)
                lock (lines)
                    lines.Add((Stopwatch.GetElapsedTime(begin), text));
        }
    }

    /// <summary>All lines.</summary>
    public string Text => string.Join('\n', Lines.Select(line => line.Text));

    /// <summary>The longest time without a line.</summary>
    public TimeSpan LongestSilence =>
        Lines
            .Select(line => line.At)
            .Prepend(TimeSpan.Zero)
            .Zip(Lines.Select(line => line.At).Append(Elapsed), (before, after) => after - before)
            .Max();
}
