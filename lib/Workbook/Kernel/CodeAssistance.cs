using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Workbook.Kernel;

/// <summary>What an editor asks about a cell that is being written.</summary>
public sealed class CodeAssistance(CSharpSession session)
{
    /// <summary>The names that could stand at <paramref name="position"/>, and the stretch of text that they would
    /// replace.</summary>
    public Completions Complete(string text, int position)
    {
        position = Math.Clamp(position, 0, text.Length);
        if (CompleteMagic(text, position) is { } magics)
            return magics;
        int start = position;
        while (start > 0 && SyntaxFacts.IsIdentifierPartCharacter(text[start - 1]))
            start--;
        string prefix = text[start..position];
        SemanticModel model = Model(text);
        IEnumerable<ISymbol> symbols = Candidates(model, start);
        return new Completions(
            [
                .. symbols
                    .Where(symbol =>
                        symbol.CanBeReferencedByName
                        && symbol.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
                    )
                    .Select(symbol => symbol.Name)
                    .Distinct()
                    .Order(StringComparer.OrdinalIgnoreCase),
            ],
            start,
            position
        );
    }

    // The word in front of the cursor in a line of #!.
    Completions? CompleteMagic(string text, int position)
    {
        int line = position == 0 ? 0 : text.LastIndexOf('\n', position - 1) + 1;
        string before = text[line..position];
        if (!before.StartsWith("#!", StringComparison.Ordinal))
            return null;
        int start = line + before.LastIndexOfAny([' ', '\t']) + 1;
        string word = text[start..position],
            command = before.Split([' ', '\t'])[0];
        return new Completions(
            [
                .. session
                    .Magics.Where(magic => start == line || magic.Name == command)
                    .SelectMany(magic => start == line ? [magic.Name] : magic.Parameters)
                    .Where(name => name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                    .Distinct()
                    .Order(StringComparer.Ordinal),
            ],
            start,
            position
        );
    }

    /// <summary>Whether a console should run the text or ask for more.</summary>
    public static Completeness IsComplete(string text)
    {
        SyntaxTree tree = Parse(text);
        if (!SyntaxFactory.IsCompleteSubmission(tree))
            return Completeness.Incomplete;
        return tree.GetDiagnostics().Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            ? Completeness.Invalid
            : Completeness.Complete;
    }

    /// <summary>What the name at <paramref name="position"/> is: its declaration and its summary; null where there is
    /// nothing to say.</summary>
    public string? Inspect(string text, int position)
    {
        SemanticModel model = Model(text);
        SyntaxNode root = model.SyntaxTree.GetRoot();
        int at = Math.Clamp(position, 0, root.FullSpan.End);
        if (at > 0 && (at == text.Length || !SyntaxFacts.IsIdentifierPartCharacter(text[at])))
            at--;
        if (root.FullSpan.IsEmpty || root.FindToken(at).Parent is not { } node)
            return null;
        SymbolInfo info = model.GetSymbolInfo(node);
        ISymbol? symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault() ?? model.GetDeclaredSymbol(node);
        if (symbol is null)
            return null;
        string declaration = symbol.ToDisplayString(
            SymbolDisplayFormat.MinimallyQualifiedFormat.AddMemberOptions(
                SymbolDisplayMemberOptions.IncludeContainingType
            )
        );
        return Documentation.Of(symbol, model.Compilation) is { } documentation
            ? $"{declaration}\n\n{documentation}"
            : declaration;
    }

    static IEnumerable<ISymbol> Candidates(SemanticModel model, int start)
    {
        SyntaxNode root = model.SyntaxTree.GetRoot();
        SyntaxToken before = start == 0 ? default : root.FindToken(start - 1);
        ExpressionSyntax? owner = before.IsKind(SyntaxKind.DotToken)
            ? before.Parent switch
            {
                MemberAccessExpressionSyntax access => access.Expression,
                QualifiedNameSyntax name => name.Left,
                MemberBindingExpressionSyntax { Parent: ConditionalAccessExpressionSyntax conditional } =>
                    conditional.Expression,
                _ => null,
            }
            : null;
        if (owner is null)
            return model.LookupSymbols(start);
        if (model.GetSymbolInfo(owner).Symbol is INamespaceOrTypeSymbol container)
            return container is ITypeSymbol
                ? model.LookupStaticMembers(start, container)
                : model.LookupNamespacesAndTypes(start, container);
        return model.GetTypeInfo(owner).Type is { } type
            ? model.LookupSymbols(start, type, includeReducedExtensionMethods: true).Where(symbol => !symbol.IsStatic)
            : [];
    }

    SemanticModel Model(string text)
    {
        Compilation compilation = session.Submission(WithoutDirectives(text)).GetCompilation();
        return compilation.GetSemanticModel(compilation.SyntaxTrees.Last());
    }

    // Directives and magics would fetch packages or fail; blanks of the same length keep every position.
    static string WithoutDirectives(string text) =>
        string.Join(
            '\n',
            text.Split('\n')
                .Select(line => line.TrimStart() is ['#', 'r' or 'l' or '!', ..] ? new string(' ', line.Length) : line)
        );

    static SyntaxTree Parse(string text) =>
        CSharpSyntaxTree.ParseText(
            WithoutDirectives(text),
            new CSharpParseOptions(LanguageVersion.Latest, kind: SourceCodeKind.Script)
        );
}
