using System.ComponentModel;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Workbook.Kernel;

/// <summary>Lets the loops of a cell look up: each turn asks whether the cell was interrupted.</summary>
/// <remarks>The runtime can also abort code that never looks up, but about one abort in a thousand kills the process
/// (a ThreadAbortException that leaves native code with no handler; .NET 10), so that is only the last resort; see
/// <see cref="InterruptibleThread"/>.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class CellInterrupt
{
    const string Call = "global::Workbook.Kernel.CellInterrupt.Poll();";

    static readonly AsyncLocal<InterruptibleThread?> Flowing = new();
    static volatile bool interrupted; // any cell, ever: until then a poll is one look at this

    [ThreadStatic]
    static InterruptibleThread? own;

    /// <summary>Called by the loops of a cell.</summary>
    /// <remarks>What follows an <c>await</c> may have gone to the thread pool, where nothing can wake or abort it. A
    /// thread that the cell started itself is left alone: an exception there would end the process.</remarks>
    /// <exception cref="OperationCanceledException">The cell that this belongs to was interrupted.</exception>
    public static void Poll()
    {
        if (!interrupted)
            return;
        InterruptibleThread? thread = own ?? (Thread.CurrentThread.IsThreadPoolThread ? Flowing.Value : null);
        thread?.ThrowIfInterrupted();
    }

    /// <summary>Says whose thread this is.</summary>
    internal static void Enter(InterruptibleThread thread) => Flowing.Value = own = thread;

    /// <summary>A cell was interrupted.</summary>
    internal static void Raise() => interrupted = true;

    /// <summary>The cell's text with a call of <see cref="Poll"/> in every loop and behind every label; every line
    /// keeps its number.</summary>
    internal static string AddPolls(string text)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(
            text,
            new CSharpParseOptions(LanguageVersion.Latest, kind: SourceCodeKind.Script)
        );
        // The compiler is to complain about the text as it was written.
        if (tree.GetDiagnostics().Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))
            return text;
        var insertions = new List<(int Position, string Text)>();
        foreach (SyntaxNode node in tree.GetRoot().DescendantNodes())
        {
            StatementSyntax? body = node switch
            {
                WhileStatementSyntax loop => loop.Statement,
                DoStatementSyntax loop => loop.Statement,
                ForStatementSyntax loop => loop.Statement,
                CommonForEachStatementSyntax loop => loop.Statement,
                _ => null,
            };
            if (body is BlockSyntax block)
                insertions.Add((block.OpenBraceToken.Span.End, Call));
            else if (body is not null)
            {
                insertions.Add((body.SpanStart, "{" + Call));
                insertions.Add((body.Span.End, "}"));
            }
            if (node is LabeledStatementSyntax label)
                insertions.Add((label.Statement.SpanStart, Call));
        }
        var result = new System.Text.StringBuilder(text);
        foreach ((int position, string inserted) in insertions.OrderBy(insertion => insertion.Position).Reverse())
            result.Insert(position, inserted);
        return result.ToString();
    }
}
