using System.Reflection;
using Deedle;
using Microsoft.DotNet.Interactive.Formatting;

namespace Workbook.Kernel;

/// <summary>How Deedle's frames and series are shown: the first and last rows as a table.</summary>
static class DeedleFrames
{
    const int Ends = 25;

    public static void Register()
    {
        foreach ((Type type, string method) in new[] { (typeof(Frame<,>), nameof(Frame)), (typeof(Series<,>), nameof(Series)) })
        {
            MethodInfo show = typeof(DeedleFrames).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!;
            Formatter.SetPreferredMimeTypesFor(type, "text/html", "text/plain");
            foreach (bool html in new[] { true, false })
            {
                Formatter.Register(
                    type,
                    (object value, TextWriter writer) => show.MakeGenericMethod(KeysAndValues(value.GetType(), type)).Invoke(null, [value, writer, html]),
                    html ? "text/html" : "text/plain");
            }
        }
    }

    static Type[] KeysAndValues(Type type, Type definition)
    {
        while (!type.IsGenericType || type.GetGenericTypeDefinition() != definition) type = type.BaseType!;
        return type.GetGenericArguments();
    }

    static void Frame<TRow, TColumn>(Frame<TRow, TColumn> frame, TextWriter writer, bool html) where TRow : notnull where TColumn : notnull
    {
        if (!html)
        {
            writer.Write(frame.Format(Ends, Ends, Ends, Ends));
            return;
        }
        string[][] cells = frame.FormatStrings(Ends, Ends, Ends, Ends, false);
        bool cut = frame.RowCount > 2 * Ends || frame.ColumnCount > 2 * Ends;
        int keys = cells.Length == 0 ? 0 : Math.Max(1, cells[0].Length - Math.Min(frame.ColumnCount, cells[0].Length));
        int headers = Math.Max(1, cells.Length - Math.Min(frame.RowCount, cells.Length));
        HtmlTable.Write(
            writer,
            cells.Length == 0 ? [] : [.. Enumerable.Range(0, cells[0].Length).Select(column => string.Join(" ", cells.Take(cut ? 1 : headers).Select(row => Clean(row[column]))).Trim())],
            cells.Skip(cut ? 1 : headers).Select(row => row.Select(Clean).ToArray()),
            cut ? 1 : keys,
            cut ? $"{frame.RowCount} rows, {frame.ColumnCount} columns" : null);
    }

    static void Series<TKey, TValue>(Series<TKey, TValue> series, TextWriter writer, bool html) where TKey : notnull
    {
        if (!html) writer.Write(series.Format(2 * Ends));
        else HtmlTable.Write(writer, [], series.FormatStrings(Ends, Ends).Select(row => row.Select(Clean).ToArray()), keys: 1);
    }

    // Deedle marks row keys with an arrow, and missing values in angle brackets.
    static string Clean(string cell) => cell is "->" or "<missing>" ? "" : cell.EndsWith(" ->", StringComparison.Ordinal) ? cell[..^3] : cell;
}
