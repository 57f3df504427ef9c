using System.Text.Json.Serialization;
using Workbook.Kernel;

namespace Workbook.Notebooks.Execution;

/// <summary>What a worker process tells while it runs a notebook. Cells are numbered from 1 among the code
/// cells.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Started), "started")]
[JsonDerivedType(typeof(Streamed), "streamed")]
[JsonDerivedType(typeof(Displayed), "displayed")]
[JsonDerivedType(typeof(Updated), "updated")]
[JsonDerivedType(typeof(Ended), "ended")]
[JsonDerivedType(typeof(Working), "working")]
[JsonDerivedType(typeof(Crashed), "crashed")]
[JsonDerivedType(typeof(Straggling), "straggling")]
[JsonDerivedType(typeof(Finished), "finished")]
public abstract record WorkerMessage
{
    /// <summary>A cell begins.</summary>
    public sealed record Started(int Cell) : WorkerMessage;

    /// <summary>Console text of a cell; it may come after the cell's end, from its threads.</summary>
    public sealed record Streamed(int Cell, string Name, string Text) : WorkerMessage;

    /// <summary>Something that a cell shows.</summary>
    public sealed record Displayed(int Cell, IReadOnlyDictionary<string, string> Data, string? DisplayId)
        : WorkerMessage;

    /// <summary>New content of something shown.</summary>
    public sealed record Updated(int Cell, IReadOnlyDictionary<string, string> Data, string DisplayId) : WorkerMessage;

    /// <summary>A cell's end: the value of its last expression, or why it failed.</summary>
    public sealed record Ended(int Cell, int Count, IReadOnlyDictionary<string, string>? Value, CellError? Error)
        : WorkerMessage;

    /// <summary>What the library is busy with: a training, by its name.</summary>
    public sealed record Working(string What) : WorkerMessage;

    /// <summary>An exception that nobody caught; the process ends.</summary>
    public sealed record Crashed(int Cell, CellError Error) : WorkerMessage;

    /// <summary>A thread that still runs after the last cell and its grace.</summary>
    public sealed record Straggling(int Cell, string Thread) : WorkerMessage;

    /// <summary>The last message: everything was done.</summary>
    public sealed record Finished : WorkerMessage;
}
