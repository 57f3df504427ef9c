using Microsoft.CodeAnalysis.Scripting;
using Workbook.Kernel.Engine;

namespace Workbook.Kernel;

/// <summary>A notebook's session: cells run one after the other, and each sees what those before it declared.</summary>
/// <remarks>The engine is that of Polyglot Notebooks. One cell at a time; <see cref="Interrupt"/> may be called from
/// any thread.</remarks>
public sealed class CSharpSession
{
    readonly Lazy<NotebookEngine> engine;
    readonly Lock gate = new();
    CellRun? running;

    /// <param name="folder">What relative paths in <c>#r</c> and <c>#load</c> are relative to: the notebook's
    /// folder.</param>
    public CSharpSession(string folder)
    {
        Folder = Path.GetFullPath(folder);
        engine = new Lazy<NotebookEngine>(() => new NotebookEngine(Folder));
    }

    /// <summary>The notebook's folder.</summary>
    public string Folder { get; }

    /// <summary>The number of the last cell, from 1.</summary>
    public int ExecutionCount { get; private set; }

    /// <summary>Runs a cell and waits for its end; what it prints and shows goes to <paramref name="frontEnd"/>, its
    /// last value into the result.</summary>
    public CellResult Execute(string text, IFrontEnd frontEnd)
    {
        ConsoleStreams.Install();
        int number = ++ExecutionCount;
        NotebookEngine notebook = engine.Value;
        var output = new CellOutput(frontEnd);
        using var cell = new CellRun(number, notebook.Text(text, number), output);
        lock (gate)
            running = cell;
        try
        {
            // On another thread: what the engine and the cell put into the flow of this one is theirs.
            Task.Run(() =>
                {
                    CellOutput.Current = output;
                    notebook.Run(cell);
                })
                .GetAwaiter()
                .GetResult();
        }
        catch (Exception problem)
        {
            cell.Fail(CellErrors.Of(problem, number));
        }
        finally
        {
            lock (gate)
                running = null;
            output.Flush();
        }
        return new CellResult(number, cell.Error is null ? cell.Value : null, cell.Error);
    }

    /// <summary>Stops the running cell.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Interrupt()
    {
        lock (gate)
        {
            running?.Interrupt();
            return running is not null;
        }
    }

    /// <summary>Loads and compiles what the first cell will need, so that it does not wait for it.</summary>
    public void WarmUp() => engine.Value.WarmUp();

    /// <summary>Compiles the C# of cells as the next ones of this session and runs none.</summary>
    /// <param name="cells">Their texts.</param>
    /// <returns>The place of the first cell that the compiler refuses, from 0, and what it says; null where it refuses
    /// none.</returns>
    public (int Cell, CellError Error)? Check(IReadOnlyList<string> cells) =>
        engine.Value.CSharp.Check(
            cells.Select((cell, i) => (engine.Value.Text(cell, i).CSharp, ExecutionCount + i + 1))
        );

    /// <summary>What can stand behind <c>#!</c>, that included, and the parameters that it takes.</summary>
    internal IEnumerable<(string Name, IEnumerable<string> Parameters)> Magics => engine.Value.Magics;

    /// <summary>The script that <paramref name="text"/> would be as the next cell, for completion and inspection:
    /// nothing is fetched or loaded for it.</summary>
    internal Script<object> Submission(string text) => engine.Value.CSharp.Submission(text);
}
