using System.Diagnostics;

namespace Workbook.Benchmarks;

/// <summary>Times several sides by turns in one process, so that a change in the machine's speed meets all of them
/// alike.</summary>
public static class InterleavedTimer
{
    /// <summary>Median seconds of each side, after one turn that is not counted.</summary>
    public static double[] Seconds(int rounds, params Action[] sides) =>
        Medians(rounds, () => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency, sides);

    /// <summary>The same in seconds of processor time, for sides on one thread: what else runs on the machine takes
    /// none of it.</summary>
    public static double[] ProcessorSeconds(int rounds, params Action[] sides) => Medians(rounds, ProcessorTime, sides);

    /// <summary>Seconds of processor time of one turn.</summary>
    public static double ProcessorSecondsOf(Action side)
    {
        double begin = ProcessorTime();
        side();
        return ProcessorTime() - begin;
    }

    static double ProcessorTime() => Environment.CpuUsage.TotalTime.TotalSeconds;

    static double[] Medians(int rounds, Func<double> now, Action[] sides)
    {
        var times = sides.Select(_ => new List<double>()).ToArray();
        for (int round = -1; round < rounds; round++)
        for (int side = 0; side < sides.Length; side++)
        {
            double begin = now();
            sides[side]();
            if (round >= 0)
                times[side].Add(now() - begin);
        }
        return [.. times.Select(Median)];
    }

    static double Median(List<double> times)
    {
        times.Sort();
        return times.Count % 2 == 1
            ? times[times.Count / 2]
            : (times[times.Count / 2 - 1] + times[times.Count / 2]) / 2;
    }
}
