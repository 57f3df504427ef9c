using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Directives;
using Microsoft.DotNet.Interactive.Events;
using RobustInference.Notebooks;
using RobustInference.Numerics;
using RobustInference.Results;
using Workbook.Kernel.Engine.Languages;
using Workbook.Kernel.Engine.Magics;
using InteractiveKernel = Microsoft.DotNet.Interactive.Kernel;
using JavaScriptKernel = Workbook.Kernel.Engine.Languages.JavaScriptKernel;

namespace Workbook.Kernel.Engine;

/// <summary>The engine of Polyglot Notebooks with the languages of this workbook, set up for one notebook.</summary>
/// <remarks>One cell at a time.</remarks>
sealed class NotebookEngine
{
    readonly CompositeKernel root = [];
    readonly Dictionary<string, bool> languages = [];
    CellRun? current;

    /// <param name="folder">The notebook's.</param>
    public NotebookEngine(string folder)
    {
        CSharp = new CSharpScriptKernel(folder, () => current);
        Add(CSharp, "C#", "c#");
        Add(new SqlKernel(RecordedResults.Open));
        Add(new MermaidKernel());
        Add(new HtmlKernel());
        Add(new MarkdownKernel(), "md");
        Add(new JavaScriptKernel(), "js");
        Add(new KeyValueStoreKernel());
        root.DefaultKernelName = CSharp.Name;
        foreach (IMagic magic in new IMagic[] { new ListMagic(root), new WhoMagic(), new WhosMagic(), new TimeMagic() })
            root.AddDirective(
                magic.Directive,
                (_, context) => current is { } cell ? magic.Run(cell, context) : Task.CompletedTask
            );
        root.RegisterCommandHandler<RequestInput>(Ask);
        root.KernelEvents.Subscribe(new Events(this));
    }

    /// <summary>The language of a cell that names none.</summary>
    public CSharpScriptKernel CSharp { get; }

    /// <summary>Languages and commands, and the parameters that they take.</summary>
    public IEnumerable<(string Name, IEnumerable<string> Parameters)> Magics =>
        root
            .ChildKernels.Prepend<InteractiveKernel>(root)
            .SelectMany(language => language.KernelInfo.SupportedDirectives)
            .Where(directive =>
                directive is not KernelActionDirective { Hidden: true }
                && directive.Name.StartsWith("#!", StringComparison.Ordinal)
            )
            .Select(directive => (directive.Name, Names(directive.Parameters)))
            .Concat(languages.Keys.Select(name => ("#!" + name, Names([]))));

    static IEnumerable<string> Names(IEnumerable<KernelDirectiveParameter> parameters) =>
        parameters.Select(parameter => parameter.Name);

    /// <summary>A cell's text as the engine takes it.</summary>
    public CellText Text(string cell, int number) => CellText.Of(cell, CellErrors.FileName(number), languages);

    /// <summary>Runs a cell and waits for its end.</summary>
    public void Run(CellRun cell)
    {
        current = cell;
        LongWork.Cancel = cell.Token;
        try
        {
            root.SendAsync(new SubmitCode(cell.Text.Text)).GetAwaiter().GetResult();
        }
        finally
        {
            cell.SayTime();
            current = null;
        }
    }

    /// <summary>Loads and compiles what the first cell will need, so that it does not wait for it.</summary>
    public void WarmUp()
    {
        CSharp.WarmUp();
        root.SendAsync(new SubmitCode("")).GetAwaiter().GetResult();
    }

    Task Ask(RequestInput request, KernelInvocationContext context)
    {
        if (current is { } cell)
            context.Publish(new InputProduced(cell.Output.ReadLine(request.Prompt, request.IsPassword), request));
        return Task.CompletedTask;
    }

    void Add(InteractiveKernel language, params string[] aliases)
    {
        root.Add(language, aliases);
        language.UseValueSharing();
        foreach (string name in aliases.Append(language.Name))
            languages[name] = language == CSharp;
    }

    void Take(KernelEvent happened)
    {
        if (current is not { } cell)
            return;
        switch (happened)
        {
            case ReturnValueProduced produced:
                cell.Take(Values.Bundle(produced.Value, produced.FormattedValues));
                break;
            case DisplayedValueProduced shown:
                cell.Show(Values.Bundle(shown.Value, shown.FormattedValues), shown.ValueId);
                break;
            case DisplayedValueUpdated shown:
                cell.Output.Update(Values.Bundle(shown.Value, shown.FormattedValues), shown.ValueId);
                break;
            case StandardOutputValueProduced text:
                cell.Output.Write("stdout", string.Concat(text.FormattedValues.Select(form => form.Value)));
                break;
            case StandardErrorValueProduced text:
                cell.Output.Write("stderr", string.Concat(text.FormattedValues.Select(form => form.Value)));
                break;
            case DiagnosticsProduced diagnostics:
                cell.Diagnostics = diagnostics.Diagnostics;
                break;
            case CommandFailed failed:
                cell.Fail(CellErrors.Of(failed, cell));
                break;
        }
    }

    sealed class Events(NotebookEngine engine) : IObserver<KernelEvent>
    {
        public void OnNext(KernelEvent happened) => engine.Take(happened);

        public void OnError(Exception error) { }

        public void OnCompleted() { }
    }
}
