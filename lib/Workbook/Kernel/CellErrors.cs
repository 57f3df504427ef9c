using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.DotNet.Interactive.Events;
using Workbook.Kernel.Engine;
using Diagnostic = Microsoft.CodeAnalysis.Diagnostic;

namespace Workbook.Kernel;

/// <summary>Says what went wrong in a cell, in the reader's terms: cell and line, without the machinery's own
/// frames.</summary>
static class CellErrors
{
    /// <summary>More than this of an error helps nobody; in bytes of UTF-8, and in lines.</summary>
    const int LongestLine = 20_000,
        MostLines = 200;

    // as the engine's parser numbers its complaints
    const string UnknownMagic = "DNI101";

    /// <summary>The name under which the compiler and the stack traces know a cell.</summary>
    public static string FileName(int number) => $"Cell[{number}]";

    /// <summary>The compiler refused.</summary>
    /// <param name="errors">At least one.</param>
    /// <param name="failures">What the reference resolver has to say about assemblies and packages that it did not
    /// find.</param>
    public static CellError Of(IReadOnlyList<Diagnostic> errors, IReadOnlyList<string> failures)
    {
        string[] lines =
        [
            .. failures,
            .. errors.Where(error => failures.Count == 0 || error.Id != "CS0006").Select(Line),
        ];
        return Limited("CompilationError", lines[0], lines);
    }

    /// <summary>The engine reports that a part of the cell failed.</summary>
    public static CellError Of(CommandFailed failed, CellRun cell)
    {
        switch (failed.Exception)
        {
            case OperationCanceledException when cell.Token.IsCancellationRequested:
                return Interrupted(cell.Number);
            case { } exception:
                return Of(exception, cell.Number);
        }
        string[] lines =
        [
            .. cell
                .Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
                .Select(diagnostic =>
                    $"{FileName(cell.Number)}, line {cell.Text.Line(diagnostic.LinePositionSpan.Start.Line)}: "
                    + diagnostic.Message
                    + (diagnostic.Code == UnknownMagic ? " (#!lsmagic lists those that are known)" : "")
                ),
        ];
        if (lines.Length == 0)
            lines = [$"{FileName(cell.Number)}: {failed.Message}"];
        return Limited("MagicCommandError", lines[0], lines);
    }

    /// <summary>The cell threw.</summary>
    public static CellError Of(Exception exception, int number)
    {
        string[] frames = Frames(exception);
        string place = frames.FirstOrDefault(frame => frame.Contains(", line ", StringComparison.Ordinal)) is { } frame
            ? frame["   at ".Length..]
            : FileName(number);
        string message = Beginning(exception.Message);
        var trace = new List<string> { $"{exception.GetType().FullName}: {message}" };
        for (Exception? inner = exception.InnerException; inner is not null; inner = inner.InnerException)
            trace.Add($" ---> {inner.GetType().FullName}: {Beginning(inner.Message)}");
        trace.AddRange(frames);
        return Limited(exception.GetType().Name, $"{place}: {message}", trace);
    }

    /// <summary>The cell was stopped.</summary>
    public static CellError Interrupted(int number) =>
        new("OperationCanceledException", $"{FileName(number)}: interrupted", [$"{FileName(number)}: interrupted"]);

    static CellError Limited(string name, string message, IReadOnlyList<string> lines)
    {
        IEnumerable<string> first = lines.Take(MostLines).Select(Beginning);
        return new CellError(
            name,
            Beginning(message),
            [.. lines.Count <= MostLines ? first : first.Append($"… {lines.Count - MostLines} further lines")]
        );
    }

    static string Beginning(string line) =>
        OutputBudget.Cut(line, LongestLine) is var cut && cut.Length < line.Length ? cut + " …" : line;

    static string Line(Diagnostic error)
    {
        FileLinePositionSpan span = error.Location.GetMappedLineSpan();
        string place = span.IsValid ? $"{span.Path}, line {span.StartLinePosition.Line + 1}: " : "";
        return $"{place}error {error.Id}: {error.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}";
    }

    // Frames below the last one in a cell belong to the scripting engine.
    static string[] Frames(Exception exception)
    {
        var frames = new List<string>();
        int lastInCell = 0;
        foreach (StackFrame frame in new StackTrace(exception, fNeedFileInfo: true).GetFrames())
        {
            // the compiler has put the notebook's folder before it
            string? file = Path.GetFileName(frame.GetFileName());
            bool inCell =
                file?.StartsWith("Cell[", StringComparison.Ordinal) == true
                || frame.GetMethod()?.DeclaringType?.FullName?.StartsWith("Submission#", StringComparison.Ordinal)
                    == true;
            if (!inCell && frame.GetMethod() is { } hidden && IsPlumbing(hidden.DeclaringType))
                continue;
            frames.Add(inCell ? $"   at {file}, line {frame.GetFileLineNumber()}" : $"   at {Method(frame)}");
            if (inCell)
                lastInCell = frames.Count;
        }
        return [.. frames.Take(lastInCell > 0 ? lastInCell : frames.Count)];
    }

    static bool IsPlumbing(Type? type) =>
        type?.Namespace is "System.Runtime.CompilerServices" or "System.Runtime.ExceptionServices"
        || type?.Namespace?.StartsWith("Microsoft.CodeAnalysis.Scripting", StringComparison.Ordinal) == true
        || type?.Namespace?.StartsWith("Microsoft.DotNet.Interactive", StringComparison.Ordinal) == true
        || type?.Namespace?.StartsWith(typeof(CellErrors).Namespace!, StringComparison.Ordinal) == true;

    static string Method(StackFrame frame) =>
        frame.GetMethod() is { } method ? $"{method.DeclaringType?.FullName}.{method.Name}" : "?";
}
