using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Workbook.Notebooks;

namespace Tests.Workbook.Notebooks;

/// <summary>What a committed notebook must not be: unrun, failed, tied to one machine, or the home of an
/// algorithm.</summary>
static partial class NotebookHygiene
{
    const int LongestMethod = 15;

    /// <summary>What is wrong with <paramref name="notebook"/>, a line each.</summary>
    public static IEnumerable<string> Problems(Notebook notebook, params string[] machinePaths)
    {
        foreach (NotebookCell cell in notebook.Cells)
        {
            string place = $"cell {cell.Number}";
            string outputs = string.Concat(cell.Outputs.Select(output => output.ToJsonString()));
            foreach (
                string path in machinePaths
                    .Where(path => (cell.Source + outputs).Contains(path, StringComparison.Ordinal))
                    .Concat(MachinePath.Matches(cell.Source + "\n" + outputs).Select(match => match.Value))
                    .Distinct()
            )
                yield return $"{place}: machine path {path}";
            if (cell.Kind != CellKind.Code)
                continue;
            SyntaxNode root = CSharpSyntaxTree
                .ParseText(cell.Source, new CSharpParseOptions(LanguageVersion.Latest, kind: SourceCodeKind.Script))
                .GetRoot();
            if (Shows(root, cell.Source) && !cell.Outputs.Any())
                yield return $"{place}: no outputs";
            if (
                cell.Outputs.Any(output => (string?)output["output_type"] == "error")
                && !cell.Tags.Contains("raises-exception")
            )
                yield return $"{place}: an error output";
            foreach (string definition in Definitions(root))
                yield return $"{place}: defines {definition}";
        }
    }

    // A last line that is an expression without its semicolon, or a call that writes.
    static bool Shows(SyntaxNode root, string source)
    {
        if (source.StartsWith("#!", StringComparison.Ordinal)) // a drawing, a page, an answer
            return true;
        if (
            root.ChildNodes().LastOrDefault() is GlobalStatementSyntax
            {
                Statement: ExpressionStatementSyntax
                {
                    SemicolonToken.IsMissing: true,
                    Expression: not (AssignmentExpressionSyntax or InvocationExpressionSyntax)
                }
            }
        )
            return true;
        if (
            root.ChildNodes().LastOrDefault() is GlobalStatementSyntax
            {
                Statement: ExpressionStatementSyntax
                {
                    SemicolonToken.IsMissing: true,
                    Expression: InvocationExpressionSyntax call
                }
            }
        )
            return !call.Expression.ToString().EndsWith("Dispose", StringComparison.Ordinal);
        return root.DescendantNodes()
            .OfType<InvocationExpressionSyntax>()
            .Any(call => Writes.IsMatch(call.Expression.ToString()));
    }

    static IEnumerable<string> Definitions(SyntaxNode root)
    {
        foreach (SyntaxNode node in root.DescendantNodes())
        {
            if (node is TypeDeclarationSyntax type)
                yield return $"the {type.Keyword.Text} {type.Identifier.Text}";
            (string Name, SyntaxNode Body)? method = node switch
            {
                MethodDeclarationSyntax declared => (declared.Identifier.Text, declared),
                LocalFunctionStatementSyntax local => (local.Identifier.Text, local),
                AnonymousFunctionExpressionSyntax lambda => ("a lambda", lambda),
                _ => null,
            };
            if (method is var (name, body))
            {
                FileLinePositionSpan span = body.SyntaxTree.GetLineSpan(body.Span);
                int lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
                if (lines > LongestMethod)
                    yield return $"{name} of {lines} lines; a method in a cell has at most {LongestMethod}";
            }
        }
    }

    [GeneratedRegex(@"(^|\.)(display|Display|DisplayAs|Write|WriteLine)$")]
    private static partial Regex Writes { get; }

    [GeneratedRegex(@"(?<![\w.~/-])(/home/|/root/|/tmp/|/work/|/Users/|[A-Z]:\\\\?Users\\)")]
    private static partial Regex MachinePath { get; }
}
