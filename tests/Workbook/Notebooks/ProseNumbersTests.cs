using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Workbook.Notebooks;

namespace Tests.Workbook.Notebooks;

/// <summary>The figures in the chapters' sentences against the chapters' outputs.</summary>
public partial class ProseNumbersTests
{
    /// <summary>Figures that no output shows and no file of published numbers holds, and where they are from.</summary>
    static readonly (string Chapter, string Figure, string From)[] Elsewhere =
    [
        ("01-theory-check", "1.25", "√14/3, which the cell below computes"),
        ("01-theory-check", "0.1", "the dashed line of the figure above"),
        ("03-adversarial-deepset-training", "0.1", "the margin of the Carlini–Wagner loss"),
        ("05-aggregators", "3.55", "a training of 240 passes, as its sentence says"),
        ("05-aggregators", "2.95", "a training of 240 passes, as its sentence says"),
        ("05-aggregators", "85.0", "recorded cell: AG-News, seed 1, mean, logit flipping"),
        ("05-aggregators", "82.6", "recorded cell: AG-News, seed 1, mean, nobody lies"),
        ("05-aggregators", "8.7", "the first recipe, as its sentence says"),
        ("05-aggregators", "17.6", "the first recipe, as its sentence says"),
        ("05-aggregators", "8.1", "the first recipe, as its sentence says"),
        ("05-aggregators", "5.5", "earlier clients, as its sentence says"),
        ("05-aggregators", "21.7", "earlier clients, as its sentence says"),
        ("05-aggregators", "8.5", "earlier clients, as its sentence says"),
        ("06-copur", "0.8", "the slope of the paper's LeakyReLU"),
        ("07-scalability", "9.2", "33.2 − 24.0 of the paper's Table 3"),
        ("07-scalability", "6.1", "38.6 − 32.5 of the paper's Table 3"),
        ("07-scalability", "20.3", "50.7 − 30.4 of the paper's Table 3"),
    ];

    static readonly string Folder = Path.Combine(Outside.Root, "notebooks");

    [Fact]
    public void A_figure_in_a_chapter_s_text_stands_in_an_output_or_is_known_from_elsewhere()
    {
        (string Name, Notebook Notebook)[] chapters =
        [
            .. Directory
                .EnumerateFiles(Folder, "*.ipynb")
                .Order(StringComparer.Ordinal)
                .Select(path => (Path.GetFileNameWithoutExtension(path), Notebook.Read(path))),
        ];
        HashSet<string> shown =
        [
            .. chapters.SelectMany(chapter => chapter.Notebook.Cells.SelectMany(Shown)).SelectMany(Figures),
            .. Directory
                .EnumerateFiles(Path.Combine(Outside.Root, "data", "published"))
                .SelectMany(path => Figures(File.ReadAllText(path))),
        ];
        string[] unknown =
        [
            .. chapters.SelectMany(chapter =>
                chapter
                    .Notebook.Cells.Where(cell => cell.Kind == CellKind.Markdown)
                    .SelectMany(cell =>
                        Figures(Unquoted.Replace(cell.Source, " "))
                            .Where(figure =>
                                figure.Contains('.')
                                && !shown.Contains(figure)
                                && !Elsewhere.Any(known => (known.Chapter, known.Figure) == (chapter.Name, figure))
                            )
                            .Select(figure => $"{chapter.Name}, cell {cell.Number}: {figure} stands in no output")
                    )
            ),
        ];
        Assert.True(unknown.Length == 0, string.Join('\n', unknown));
    }

    [Fact]
    public void What_is_known_from_elsewhere_is_still_said()
    {
        foreach (var (chapter, figure, from) in Elsewhere)
            Assert.True(
                Notebook
                    .Read(Path.Combine(Folder, chapter + ".ipynb"))
                    .Cells.Any(cell =>
                        cell.Kind == CellKind.Markdown && cell.Source.Contains(figure, StringComparison.Ordinal)
                    ),
                $"{chapter} no longer says {figure} ({from})"
            );
    }

    static IEnumerable<string> Shown(NotebookCell cell)
    {
        if (cell.Kind == CellKind.Code)
            yield return cell.Source;
        foreach (var output in cell.Outputs)
        {
            if (output["text"] is { } text)
                yield return Text(text);
            foreach (string form in new[] { "text/plain", "text/html" })
                if (output["data"]?[form] is { } content)
                    yield return WebUtility.HtmlDecode(Tag.Replace(Text(content), " "));
        }
    }

    static string Text(JsonNode node) =>
        node is JsonArray lines ? string.Concat(lines.Select(line => (string?)line)) : node.ToString();

    static IEnumerable<string> Figures(string text) => Figure.Matches(text).Select(match => match.Value);

    [GeneratedRegex(@"(?<![\w.])\d+(?:\.\d+)?")]
    private static partial Regex Figure { get; }

    // Formulas, and what is quoted from a program.
    [GeneratedRegex(@"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`", RegexOptions.Singleline)]
    private static partial Regex Unquoted { get; }

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tag { get; }
}
