using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Html;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Scripting.Hosting;
using Microsoft.DotNet.Interactive.Formatting;

namespace Workbook.Kernel;

/// <summary>A notebook's C# session: cells run one after the other, and each sees what those before it
/// declared.</summary>
/// <remarks>One cell at a time; <see cref="Interrupt"/> may be called from any thread.</remarks>
public sealed class CSharpSession
{
    // What Polyglot Notebooks opens for a cell, and not more: a notebook that runs here must run there.
    static readonly string[] Imports =
    [
        "System",
        "System.Text",
        "System.Collections",
        "System.Collections.Generic",
        "System.Linq",
        "System.Threading.Tasks",
        "Workbook.Kernel.Displays",
    ];

    readonly SharedAssemblies assemblies = new();
    readonly InteractiveAssemblyLoader loader = new();
    readonly NotebookReferences references;
    readonly Lazy<ScriptOptions> options;
    readonly Lock gate = new();
    Script<object>? last;
    ScriptState<object>? state;
    InterruptibleThread? running;

    /// <param name="folder">What relative paths in <c>#r</c> and <c>#load</c> are relative to: the notebook's
    /// folder.</param>
    public CSharpSession(string folder)
    {
        Folder = Path.GetFullPath(folder);
        references = new NotebookReferences(Folder, assemblies, note => CellOutput.Current?.Write("stderr", note));
        options = new Lazy<ScriptOptions>(CreateOptions);
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
        var output = new CellOutput(frontEnd);
        var thread = new InterruptibleThread();
        lock (gate)
            running = thread;
        MimeBundle? value = null;
        CellError? error = null;
        try
        {
            thread.Run(() =>
            {
                CellOutput.Current = output;
                foreach (CellPart part in CellPart.Split(text))
                {
                    if (value is not null)
                        output.Display(value, null);
                    (value, error) = Run(part, number, thread, output);
                    if (error is not null)
                        break;
                }
            });
        }
        catch (OperationCanceledException)
        {
            error = CellErrors.Interrupted(number);
        }
        catch (ArgumentException problem)
        {
            error = CellErrors.Of(problem, number);
        }
        finally
        {
            lock (gate)
                running = null;
            output.Flush();
        }
        return new CellResult(number, error is null ? value : null, error);
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
    public void WarmUp()
    {
        const string Sample =
            "var items = new List<int> { 1, 2 }; foreach (int i in items.Select(x => x + 1)) { } "
            + "Console.Out.Flush(); await Task.Yield(); $\"{items.Count}\"";
        Script<object> script = CSharpScript
            .Create<object>("", options.Value, null, loader)
            .ContinueWith<object>(Sample, options.Value.WithFilePath("Cell[0]"));
        script.Compile();
        Values.Format(script.RunAsync().GetAwaiter().GetResult().ReturnValue);
    }

    /// <summary>Compiles cells as the next ones of this session and runs none.</summary>
    /// <param name="cells">Their texts.</param>
    /// <returns>The place of the first cell that the compiler refuses, from 0, and what it says; null where it refuses
    /// none.</returns>
    /// <exception cref="ArgumentException">A magic command that is not known here.</exception>
    public (int Cell, CellError Error)? Check(IReadOnlyList<string> cells)
    {
        Script<object>? before = last;
        for (int i = 0; i < cells.Count; i++)
        {
            foreach (CellPart part in CellPart.Split(cells[i]).Where(part => part.Language == "csharp"))
            {
                references.Failures.Clear();
                Script<object> script = Next(
                    before,
                    part.Text,
                    options.Value.WithFilePath(CellErrors.FileName(ExecutionCount + i + 1))
                );
                Diagnostic[] errors =
                [
                    .. script
                        .GetCompilation()
                        .GetDiagnostics()
                        .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error),
                ];
                if (errors.Length > 0)
                    return (i, CellErrors.Of(errors, references.Failures));
                before = script;
            }
        }
        return null;
    }

    /// <summary>The script that <paramref name="text"/> would be as the next cell, for completion and inspection:
    /// nothing is fetched or loaded for it.</summary>
    internal Script<object> Submission(string text) => Next(last, text, options.Value);

    (MimeBundle?, CellError?) Run(CellPart part, int number, InterruptibleThread thread, CellOutput output)
    {
        if (part.Language != "csharp")
            return (new MimeBundle(part.Language == "html" ? "text/html" : "text/markdown", part.Text), null);

        long start = Stopwatch.GetTimestamp();
        references.Failures.Clear();
        references.Pending.Clear();
        Script<object> script = Next(
            last,
            CellInterrupt.AddPolls(part.Text),
            options.Value.WithFilePath(CellErrors.FileName(number))
        );
        Diagnostic[] errors =
        [
            .. script.Compile(thread.Token).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error),
        ];
        if (errors.Length > 0)
            return (null, CellErrors.Of(errors, references.Failures));
        foreach (string path in references.Pending)
            loader.RegisterDependency(assemblies.Load(path, note => output.Write("stderr", note)));

        MimeBundle? value = null;
        ScriptState<object>? after = null;
        var synchronization = new CellSynchronization();
        SynchronizationContext.SetSynchronizationContext(synchronization);
        thread.Abortable(() =>
        {
            Task<ScriptState<object>> task = state is null
                ? script.RunAsync(null, static _ => true)
                : script.RunFromAsync(state, static _ => true);
            synchronization.RunToEnd(task);
            after = task.Result;
            if (after.Exception is null && after.ReturnValue is { } result && result is not DisplayedValue)
                value = Values.Format(result);
        });
        (last, state) = (script, after);
        if (part.Timed)
            output.Write("stdout", $"Wall time: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.0} ms\n");
        return (value, after!.Exception is { } exception ? CellErrors.Of(exception, number) : null);
    }

    Script<object> Next(Script<object>? before, string text, ScriptOptions choices) =>
        before is null
            ? CSharpScript.Create<object>(text, choices, null, loader)
            : before.ContinueWith<object>(text, choices);

    ScriptOptions CreateOptions()
    {
        loader.RegisterDependency(typeof(Displays).Assembly);
        loader.RegisterDependency(typeof(IHtmlContent).Assembly);
        loader.RegisterDependency(typeof(Formatter).Assembly);
        return ScriptOptions
            .Default.WithReferences(SharedAssemblies.Framework)
            .AddReferences(typeof(Displays).Assembly, typeof(IHtmlContent).Assembly, typeof(Formatter).Assembly)
            .WithImports(Imports)
            .WithMetadataResolver(references)
            .WithSourceResolver(new SourceFileResolver([], Folder))
            .WithLanguageVersion(LanguageVersion.Latest)
            .WithAllowUnsafe(true)
            .WithEmitDebugInformation(true)
            .WithFileEncoding(Encoding.UTF8);
    }
}
