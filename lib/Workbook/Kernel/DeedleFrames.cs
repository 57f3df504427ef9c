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
        foreach (
            (Type type, string method) in new[]
            {
                (typeof(Frame<,>), nameof(Frame)),
                (typeof(Series<,>), nameof(Series)),
            }
        )
        {
            MethodInfo show = typeof(DeedleFrames).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!;
            Formatter.SetPreferredMimeTypesFor(type, "text/html", "text/plain");
            foreach (bool html in new[] { true, false })
            {
                Formatter.Register(
                    type,
                    (object value, TextWriter writer) =>
                        show.MakeGenericMethod(KeysAndValues(value.GetType(), type))
                            .Invoke(null, [value, writer, html]),
                    html ? "text/html" : "text/plain"
                );
            }
        }
    }

    static Type[] KeysAndValues(Type type, Type definition)
    {
        while (!type.IsGenericType || type.GetGenericTypeDefinition() != definition)
            type = type.BaseType!;
        return type.GetGenericArguments();
    }

    static void Frame<TRow, TColumn>(Frame<TRow, TColumn> frame, TextWriter writer, bool html)
        where TRow : notnull
        where TColumn : notnull
    {
        if (!html)
        {
            writer.Write(frame.Format(Ends, Ends, Ends, Ends));
            return;
        }
        IReadOnlyList<string[]> cells = WithoutArrows(frame.FormatStrings(Ends, Ends, Ends, Ends, false), out int keys);
        int headers = Math.Max(1, cells.TakeWhile(row => row.Take(keys).All(string.IsNullOrEmpty)).Count());
        HtmlTable.Write(
            writer,
            [
                .. Enumerable
                    .Range(0, cells.Count == 0 ? 0 : cells[0].Length)
                    .Select(column => string.Join(" ", cells.Take(headers).Select(row => row[column])).Trim()),
            ],
            cells.Skip(headers),
            keys,
            frame.RowCount > 2 * Ends || frame.ColumnCount > 2 * Ends
                ? $"{frame.RowCount} rows, {frame.ColumnCount} columns"
                : null
        );
    }

    static void Series<TKey, TValue>(Series<TKey, TValue> series, TextWriter writer, bool html)
        where TKey : notnull
    {
        if (!html)
            writer.Write(series.Format(2 * Ends));
        else
            HtmlTable.Write(writer, [], WithoutArrows(series.FormatStrings(Ends, Ends), out int keys), keys);
    }

    // Deedle puts a column of arrows behind the row keys, and writes missing values in angle brackets.
    static List<string[]> WithoutArrows(string[][] cells, out int keys)
    {
        int arrow = cells.Length == 0 ? -1 : Array.IndexOf(cells[^1], "->");
        keys = Math.Max(arrow, 0);
        return
        [
            .. cells.Select(row =>
                row.Where((_, column) => column != arrow).Select(cell => cell == "<missing>" ? "" : cell).ToArray()
            ),
        ];
    }
}
