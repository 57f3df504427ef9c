using System.ComponentModel;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Workbook.Kernel;

/// <summary>Lets a cell look up: each turn of its loops and each call of its functions asks whether the cell was
/// interrupted.</summary>
/// <remarks>The runtime can also abort code that never looks up, but in the middle of a library call that ended the
/// process in 8 of 20 trials (<c>Enumerable.Repeat(1, int.MaxValue).All(x => true)</c>; .NET 10), so it is not
/// done.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class CellInterrupt
{
    const string Name = "global::Workbook.Kernel.CellInterrupt.",
        InLoop = Name + nameof(Poll) + "();",
        InFunction = Name + nameof(PollHere) + "();";

    static readonly AsyncLocal<InterruptibleThread?> Flowing = new();
    static volatile bool interrupted; // any cell, ever: until then a poll is one look at this

    [ThreadStatic]
    static InterruptibleThread? own;

    /// <summary>Called by the loops of a cell.</summary>
    /// <remarks>What follows an <c>await</c> may have gone to the thread pool, where nothing can wake it. A thread that
    /// the cell started itself is left alone: an exception there would end the process.</remarks>
    /// <exception cref="OperationCanceledException">The cell that this belongs to was interrupted.</exception>
    public static void Poll()
    {
        if (!interrupted)
            return;
        InterruptibleThread? thread = own ?? (Thread.CurrentThread.IsThreadPoolThread ? Flowing.Value : null);
        thread?.ThrowIfInterrupted();
    }

    /// <summary>Called by the functions of a cell: they are what a library calls again and again.</summary>
    /// <remarks>Only on the cell's own thread and inside a task, which takes the exception: where a timer that the cell
    /// left behind calls, it would end the process.</remarks>
    /// <exception cref="OperationCanceledException">The cell was interrupted.</exception>
    public static void PollHere()
    {
        if (interrupted)
            (own ?? (Task.CurrentId is null ? null : Flowing.Value))?.ThrowIfInterrupted();
    }

    /// <summary>Says whose thread this is.</summary>
    internal static void Enter(InterruptibleThread thread) => Flowing.Value = own = thread;

    /// <summary>A cell was interrupted.</summary>
    internal static void Raise() => interrupted = true;

    /// <summary>The cell's text with calls of <see cref="Poll"/> and <see cref="PollHere"/>; every line keeps its
    /// number.</summary>
    /// <param name="text">As it was written.</param>
    /// <param name="compile">Compiles it as the next cell. Asked only where the text has lambdas without braces:
    /// whether one is a function or an expression tree, only its type tells.</param>
    internal static string AddPolls(string text, Func<string, Compilation> compile)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(
            text,
            new CSharpParseOptions(LanguageVersion.Latest, kind: SourceCodeKind.Script)
        );
        // The compiler is to complain about the text as it was written.
        if (tree.GetDiagnostics().Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))
            return text;
        SyntaxNode root = tree.GetRoot();
        SemanticModel? model = null;
        if (root.DescendantNodes().OfType<AnonymousFunctionExpressionSyntax>().Any(lambda => lambda.Block is null))
        {
            Compilation compilation = compile(text);
            model = compilation.GetSemanticModel(compilation.SyntaxTrees.Last());
            root = model.SyntaxTree.GetRoot();
        }
        var edits = new List<(int Position, int Removed, string Text)>();
        foreach (SyntaxNode node in root.DescendantNodes())
        {
            AddToLoop(node, edits);
            AddToFunction(node, model, edits);
        }
        var result = new System.Text.StringBuilder(text);
        foreach ((int position, int removed, string inserted) in edits.OrderBy(edit => edit.Position).Reverse())
            result.Remove(position, removed).Insert(position, inserted);
        return result.ToString();
    }

    static void AddToLoop(SyntaxNode node, List<(int, int, string)> edits)
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
            edits.Add((block.OpenBraceToken.Span.End, 0, InLoop));
        else if (body is not null)
        {
            edits.Add((body.SpanStart, 0, "{" + InLoop));
            edits.Add((body.Span.End, 0, "}"));
        }
        if (node is LabeledStatementSyntax label)
            edits.Add((label.Statement.SpanStart, 0, InLoop));
    }

    static void AddToFunction(SyntaxNode node, SemanticModel? model, List<(int, int, string)> edits)
    {
        switch (node)
        {
            case MethodDeclarationSyntax { Body: { } body }:
                edits.Add((body.OpenBraceToken.Span.End, 0, InFunction));
                break;
            case LocalFunctionStatementSyntax { Body: { } body }:
                edits.Add((body.OpenBraceToken.Span.End, 0, InFunction));
                break;
            case AnonymousFunctionExpressionSyntax { Block: { } body }:
                edits.Add((body.OpenBraceToken.Span.End, 0, InFunction));
                break;
            case MethodDeclarationSyntax { ExpressionBody: { } arrow } method:
                AddToArrow(arrow, method.SemicolonToken, method.ReturnType, method.Modifiers, edits);
                break;
            case LocalFunctionStatementSyntax { ExpressionBody: { } arrow } function:
                AddToArrow(arrow, function.SemicolonToken, function.ReturnType, function.Modifiers, edits);
                break;
            case LambdaExpressionSyntax { ExpressionBody: { } value } lambda
                when value is not (ThrowExpressionSyntax or RefExpressionSyntax)
                    && model?.GetTypeInfo(lambda).ConvertedType
                        is INamedTypeSymbol { DelegateInvokeMethod: { ReturnsByRef: false } invoke }:
                bool nothing =
                    invoke.ReturnsVoid
                    || lambda.AsyncKeyword != default && invoke.ReturnType is not INamedTypeSymbol { Arity: 1 };
                edits.Add((value.SpanStart, 0, $"{{{InFunction}{(nothing ? "" : "return ")}"));
                edits.Add((value.Span.End, 0, ";}"));
                break;
        }
    }

    static void AddToArrow(
        ArrowExpressionClauseSyntax arrow,
        SyntaxToken end,
        TypeSyntax returned,
        SyntaxTokenList modifiers,
        List<(int, int, string)> edits
    )
    {
        if (returned is RefTypeSyntax || arrow.Expression is ThrowExpressionSyntax)
            return;
        bool nothing =
            returned is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword }
            || modifiers.Any(SyntaxKind.AsyncKeyword) && !returned.DescendantNodesAndSelf().Any(IsGeneric);
        edits.Add((arrow.ArrowToken.SpanStart, 2, $"{{{InFunction}{(nothing ? "" : "return ")}"));
        edits.Add((end.Span.End, 0, "}"));

        static bool IsGeneric(SyntaxNode node) => node is GenericNameSyntax;
    }
}
