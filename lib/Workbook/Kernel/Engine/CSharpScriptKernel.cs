using Microsoft.AspNetCore.Html;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Scripting.Hosting;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.DotNet.Interactive.ValueSharing;
using Diagnostic = Microsoft.CodeAnalysis.Diagnostic;
using Encoding = System.Text.Encoding;

namespace Workbook.Kernel.Engine;

/// <summary>C# as a language of the engine.</summary>
/// <remarks>It takes the place of the engine's own <c>CSharpKernel</c>, which carries an editor's workspace along: its
/// process held 34 % more memory after twenty cells (24 % with torch loaded) and its first cell took 45 % longer, by
/// turns on one machine. It cannot stop a loop, and its errors name neither cell nor line.</remarks>
sealed class CSharpScriptKernel
    : Microsoft.DotNet.Interactive.Kernel,
        IKernelCommandHandler<SubmitCode>,
        IKernelCommandHandler<RequestValueInfos>,
        IKernelCommandHandler<RequestValue>,
        IKernelCommandHandler<SendValue>
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
    readonly Func<CellRun?> current;
    ScriptOptions options;
    Script<object>? last;
    ScriptState<object>? state;

    /// <param name="folder">What relative paths in <c>#r</c> and <c>#load</c> are relative to.</param>
    /// <param name="current">The cell that runs now.</param>
    public CSharpScriptKernel(string folder, Func<CellRun?> current)
        : base("csharp")
    {
        KernelInfo.LanguageName = "C#";
        KernelInfo.LanguageVersion = "14.0";
        KernelInfo.Description = "Run C#, the language of a cell that names none";
        this.current = current;
        references = new NotebookReferences(folder, assemblies, Note);
        options = CreateOptions(folder);
    }

    /// <summary>The script that <paramref name="text"/> would be as the next cell.</summary>
    public Script<object> Submission(string text) => Next(last, text, options);

    /// <summary>Loads and compiles what the first cell will need, so that it does not wait for it.</summary>
    public void WarmUp()
    {
        const string Sample =
            "var items = new List<int> { 1, 2 }; foreach (int i in items.Select(x => x + 1)) { } Console.Out.Flush(); "
            + "await Task.Yield(); $\"{items.Count}\"";
        Script<object> script = CSharpScript
            .Create<object>("", options, null, loader)
            .ContinueWith<object>(CellInterrupt.AddPolls(Sample, Compilation), options.WithFilePath("Cell[0]"));
        script.Compile();
        Values.Format(script.RunAsync().GetAwaiter().GetResult().ReturnValue);
    }

    /// <summary>Compiles texts one behind the other, as the next cells, and runs none.</summary>
    /// <returns>The place of the first that the compiler refuses, from 0, and what it says; null where it refuses
    /// none.</returns>
    public (int Cell, CellError Error)? Check(IEnumerable<(string Text, int Number)> cells)
    {
        Script<object>? before = last;
        int place = 0;
        foreach ((string text, int number) in cells)
        {
            references.Failures.Clear();
            TakePackages(text);
            Script<object> script = Next(before, text, options.WithFilePath(CellErrors.FileName(number)));
            Diagnostic[] errors = Errors(script.GetCompilation().GetDiagnostics());
            if (errors.Length > 0)
                return (place, CellErrors.Of(errors, references.Failures));
            before = script;
            place++;
        }
        return null;
    }

    Task IKernelCommandHandler<SubmitCode>.HandleAsync(SubmitCode command, KernelInvocationContext context)
    {
        if (string.IsNullOrWhiteSpace(command.Code))
            return Task.CompletedTask;
        CellRun cell = current() ?? throw new InvalidOperationException("code is run as part of a cell");
        CellThread.Run(cell, thread => Run(command, context, cell, thread));
        return Task.CompletedTask;
    }

    Task IKernelCommandHandler<RequestValueInfos>.HandleAsync(
        RequestValueInfos command,
        KernelInvocationContext context
    )
    {
        IEnumerable<KernelValueInfo> values = Variables()
            .Select(variable => new KernelValueInfo(
                variable.Name,
                Values.Single(variable.Value, command.MimeType),
                variable.Type
            ));
        context.Publish(new ValueInfosProduced([.. values], command));
        return Task.CompletedTask;
    }

    Task IKernelCommandHandler<RequestValue>.HandleAsync(RequestValue command, KernelInvocationContext context)
    {
        if (Variables().FirstOrDefault(variable => variable.Name == command.Name) is { } variable)
            context.Publish(
                new ValueProduced(
                    variable.Value,
                    command.Name,
                    FormattedValue.CreateSingleFromObject(variable.Value, command.MimeType),
                    command
                )
            );
        else
            context.Fail(command, null, $"there is no variable '{command.Name}' in C#");
        return Task.CompletedTask;
    }

    Task IKernelCommandHandler<SendValue>.HandleAsync(SendValue command, KernelInvocationContext context) =>
        SetValueAsync(command, context, Declare);

    async Task Declare(string name, object? value, Type? declared)
    {
        if (!SyntaxFacts.IsValidIdentifier(name))
            throw new ArgumentException($"'{name}' is not a name for a variable");
        Type type = declared ?? value?.GetType() ?? typeof(object);
        ScriptOptions choices = type.Assembly.IsDynamic ? options : options.AddReferences(type.Assembly);
        Script<object> script = Next(last, $"{CSharpTypeName.Of(type)} @{name} = default;", choices);
        state = state is null ? await script.RunAsync() : await script.RunFromAsync(state);
        state.GetVariable(name).Value = value;
        last = script;
    }

    // A later declaration hides an earlier one of the same name.
    IEnumerable<ScriptVariable> Variables() =>
        state?.Variables.GroupBy(variable => variable.Name).Select(group => group.Last()) ?? [];

    void Run(SubmitCode command, KernelInvocationContext context, CellRun cell, InterruptibleThread thread)
    {
        references.Failures.Clear();
        references.Pending.Clear();
        TakePackages(command.Code);
        Script<object> script = Next(
            last,
            CellInterrupt.AddPolls(command.Code, Compilation),
            options.WithFilePath(CellErrors.FileName(cell.Number))
        );
        Diagnostic[] errors = Errors(script.Compile(thread.Token));
        if (errors.Length > 0)
        {
            cell.Fail(CellErrors.Of(errors, references.Failures));
            context.Fail(command, null, cell.Error!.Message);
            return;
        }
        foreach (string path in references.Pending)
            loader.RegisterDependency(assemblies.Load(path, Note));

        MimeBundle? value = null;
        ScriptState<object>? after = null;
        var synchronization = new CellSynchronization();
        SynchronizationContext.SetSynchronizationContext(synchronization);
        thread.Wakeable(() =>
        {
            Task<ScriptState<object>> task = state is null
                ? script.RunAsync(null, static _ => true)
                : script.RunFromAsync(state, static _ => true);
            synchronization.RunToEnd(task);
            after = task.Result;
            if (after.Exception is null && after.ReturnValue is { } result && !IsShown(result))
                value = Values.Format(result);
        });
        (last, state) = (script, after);
        if (after!.Exception is { } exception)
        {
            cell.Fail(CellErrors.Of(exception, cell.Number));
            context.Fail(command, exception, cell.Error!.Message);
        }
        else if (value is not null)
            context.Publish(new ReturnValueProduced(after.ReturnValue, command, value.Forms()));
    }

    void TakePackages(string text) =>
        options = options.AddReferences(
            references.Packages(
                CSharpSyntaxTree.ParseText(
                    text,
                    new CSharpParseOptions(LanguageVersion.Latest, kind: SourceCodeKind.Script)
                )
            )
        );

    Compilation Compilation(string text) => Next(last, text, options).GetCompilation();

    static bool IsShown(object value) =>
        value is DisplayedValue or Microsoft.DotNet.Interactive.Formatting.DisplayedValue;

    static Diagnostic[] Errors(IEnumerable<Diagnostic> diagnostics) =>
        [.. diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];

    static void Note(string text) => CellOutput.Current?.Write("stderr", text);

    Script<object> Next(Script<object>? before, string text, ScriptOptions choices) =>
        before is null
            ? CSharpScript.Create<object>(text, choices, null, loader)
            : before.ContinueWith<object>(text, choices);

    ScriptOptions CreateOptions(string folder)
    {
        System.Reflection.Assembly[] own =
        [
            typeof(Displays).Assembly,
            typeof(IHtmlContent).Assembly,
            typeof(Formatter).Assembly,
        ];
        foreach (System.Reflection.Assembly assembly in own)
            loader.RegisterDependency(assembly);
        return ScriptOptions
            .Default.WithReferences(SharedAssemblies.Framework)
            .AddReferences(own)
            .WithImports(Imports)
            .WithMetadataResolver(references)
            .WithSourceResolver(new SourceFileResolver([], folder))
            .WithLanguageVersion(LanguageVersion.Latest)
            .WithAllowUnsafe(true)
            .WithEmitDebugInformation(true)
            .WithFileEncoding(Encoding.UTF8);
    }
}
