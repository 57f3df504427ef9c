using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Workbook.Notebooks;

/// <summary>Gives a notebook other parameters, as papermill does: behind the cell tagged <c>parameters</c> comes one
/// that declares them anew.</summary>
static class NotebookParameters
{
    const string Tag = "parameters",
        InjectedTag = "injected-parameters";

    /// <summary>Inserts a cell with the values.</summary>
    /// <param name="notebook">It; a cell that was inserted before is replaced.</param>
    /// <param name="values">Names and values as a user types them.</param>
    /// <param name="name">The notebook, for messages.</param>
    /// <exception cref="ArgumentException">No cell is tagged, a name is not declared there, or a value does not suit
    /// its type.</exception>
    public static void Set(Notebook notebook, IReadOnlyDictionary<string, string> values, string name)
    {
        NotebookCell cell =
            notebook.Cells.FirstOrDefault(cell => cell.Kind == CellKind.Code && cell.Tags.Contains(Tag))
            ?? throw new ArgumentException($"{name} takes no parameters: none of its cells is tagged '{Tag}'");
        Dictionary<string, VariableDeclarationSyntax> declared = Declared(cell);
        var lines = new List<string> { "// Parameters" };
        foreach ((string parameter, string value) in values)
        {
            if (!declared.TryGetValue(parameter, out VariableDeclarationSyntax? declaration))
                throw new ArgumentException(
                    $"{name} has no parameter '{parameter}'; it has {string.Join(", ", declared.Keys)}"
                );
            lines.Add($"{declaration.Type} {parameter} = {Literal(declaration, parameter, value, name)};");
        }
        notebook.Remove(InjectedTag);
        notebook.InsertAfter(cell, string.Join('\n', lines), InjectedTag);
    }

    static Dictionary<string, VariableDeclarationSyntax> Declared(NotebookCell cell) =>
        CSharpSyntaxTree
            .ParseText(cell.Source, new CSharpParseOptions(LanguageVersion.Latest, kind: SourceCodeKind.Script))
            .GetRoot()
            .DescendantNodes()
            .OfType<VariableDeclarationSyntax>()
            .SelectMany(declaration => declaration.Variables, (declaration, variable) => (declaration, variable))
            .GroupBy(pair => pair.variable.Identifier.Text)
            .ToDictionary(group => group.Key, group => group.First().declaration);

    static string Literal(VariableDeclarationSyntax declaration, string parameter, string value, string name)
    {
        string type = declaration.Type.IsVar
            ? declaration.Variables[0].Initializer?.Value.Kind() switch
            {
                SyntaxKind.StringLiteralExpression => "string",
                SyntaxKind.TrueLiteralExpression or SyntaxKind.FalseLiteralExpression => "bool",
                SyntaxKind.NumericLiteralExpression
                    when ((LiteralExpressionSyntax)declaration.Variables[0].Initializer!.Value).Token.Value is int =>
                    "int",
                _ => "double",
            }
            : declaration.Type.ToString();
        CultureInfo invariant = CultureInfo.InvariantCulture;
        return type switch
        {
            "string" => SymbolDisplay.FormatLiteral(value, quote: true),
            "bool" when bool.TryParse(value, out bool truth) => truth ? "true" : "false",
            "int" when int.TryParse(value, invariant, out int whole) => whole.ToString(invariant),
            "long" when long.TryParse(value, invariant, out long whole) => whole.ToString(invariant) + "L",
            "double" when double.TryParse(value, invariant, out double number) && double.IsFinite(number) =>
                number.ToString("R", invariant) + "d",
            _ => throw new ArgumentException(
                $"{name}: the parameter '{parameter}' is '{value}'; it must be a value of type {type}"
            ),
        };
    }
}
