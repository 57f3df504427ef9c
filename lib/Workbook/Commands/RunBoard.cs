using System.Diagnostics;
using System.Globalization;
using Workbook.Notebooks;
using Workbook.Notebooks.Execution;

namespace Workbook.Commands;

/// <summary>Where one notebook's run stands, in words.</summary>
/// <param name="notebook">It.</param>
/// <param name="name">Its file's name without ending.</param>
/// <param name="expected">The seconds that a cell is expected to take, or null.</param>
sealed class RunBoard(Notebook notebook, string name, Func<NotebookCell, double?> expected)
{
    const int LongestHeading = 60;

    readonly NotebookCell[] cells = [.. notebook.Cells.Where(cell => cell.Kind == CellKind.Code)];
    volatile string working = "";
    int index;
    long start = Stopwatch.GetTimestamp();

    /// <summary>The file's name without ending.</summary>
    public string Name => name;

    /// <summary>A cell begins.</summary>
    public void Start(int cell) => (index, start, working) = (cell, Stopwatch.GetTimestamp(), "");

    /// <summary>The library begins or ends something that it names.</summary>
    public void Work(string what) => working = what;

    /// <summary>The running cell: <c>05-aggregators 3/12 Table 2: CIFAR-10, training DeepSet-TM, 4 s of about 12
    /// s</c>.</summary>
    public string Now()
    {
        if (index == 0)
            return $"{name}: starting, {Seconds(Stopwatch.GetElapsedTime(start).TotalSeconds)}";
        string what = working is { Length: > 0 } said ? $", {said}" : "",
            about = expected(cells[index - 1]) is { } seconds and >= 1 ? $" of about {Seconds(seconds)}" : "";
        return $"{name} {Label(index)}{what}, {Seconds(Stopwatch.GetElapsedTime(start).TotalSeconds)}{about}";
    }

    /// <summary>A cell by its number and heading: <c>3/12 Table 2: CIFAR-10</c>.</summary>
    public string Label(int cell) => $"{cell}/{cells.Length} {Heading(cells[cell - 1])}";

    /// <summary>Seconds in words.</summary>
    public static string Seconds(double seconds) =>
        seconds < 100
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60} min {(int)seconds % 60} s");

    string Heading(NotebookCell cell)
    {
        string heading = notebook.HeadingOver(cell) ?? cell.Source.Split('\n')[0];
        return heading.Length > LongestHeading ? heading[..LongestHeading] + "…" : heading;
    }
}
