using System.Net;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Workbook.Notebooks.Pages;

/// <summary>C# as HTML, with keywords, text, numbers and comments marked. No element reaches over the end of a
/// line.</summary>
static class CodeColours
{
    public static string Html(string code, Func<string, string?> addressOf)
    {
        var html = new StringBuilder();
        SyntaxNode root = CSharpSyntaxTree
            .ParseText(code, new CSharpParseOptions(LanguageVersion.Latest, kind: SourceCodeKind.Script))
            .GetRoot();
        foreach (SyntaxToken token in root.DescendantTokens())
        {
            AddAll(token.LeadingTrivia);
            if (token.IsKind(SyntaxKind.IdentifierToken) && addressOf(token.Text) is { } address)
                html.Append($"<a class=\"type\" href=\"{address}\">{WebUtility.HtmlEncode(token.Text)}</a>");
            else
                Add(Class(token), token.Text);
            AddAll(token.TrailingTrivia);
        }
        return html.ToString();

        void AddAll(SyntaxTriviaList list)
        {
            foreach (SyntaxTrivia trivia in list)
                Add(trivia.IsDirective || IsComment(trivia) ? "c" : null, trivia.ToFullString());
        }

        void Add(string? kind, string text)
        {
            if (text.Length == 0)
                return;
            string shown = WebUtility.HtmlEncode(text);
            html.Append(
                kind is null
                    ? shown
                    : string.Join(
                        '\n',
                        shown.Split('\n').Select(line => line == "" ? "" : $"<span class=\"{kind}\">{line}</span>")
                    )
            );
        }
    }

    static bool IsComment(SyntaxTrivia trivia) =>
        trivia.Kind()
            is SyntaxKind.SingleLineCommentTrivia
                or SyntaxKind.MultiLineCommentTrivia
                or SyntaxKind.SingleLineDocumentationCommentTrivia
                or SyntaxKind.MultiLineDocumentationCommentTrivia;

    static string? Class(SyntaxToken token) =>
        token.Kind() switch
        {
            SyntaxKind.NumericLiteralToken => "n",
            SyntaxKind.StringLiteralToken
            or SyntaxKind.CharacterLiteralToken
            or SyntaxKind.InterpolatedStringTextToken
            or SyntaxKind.InterpolatedStringStartToken
            or SyntaxKind.InterpolatedStringEndToken
            or SyntaxKind.SingleLineRawStringLiteralToken
            or SyntaxKind.MultiLineRawStringLiteralToken
            or SyntaxKind.InterpolatedVerbatimStringStartToken
            or SyntaxKind.InterpolatedMultiLineRawStringStartToken
            or SyntaxKind.InterpolatedRawStringEndToken => "s",
            _ => token.IsKeyword() || token.IsContextualKeyword() || token.Text == "var" ? "k" : null,
        };
}
