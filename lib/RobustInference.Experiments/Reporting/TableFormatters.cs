namespace RobustInference.Reporting;

/// <summary>How notebooks show a <see cref="Table"/>.</summary>
sealed class TableFormatters
{
    public IEnumerable<object> CreateTypeFormatters() =>
        [
            new NotebookFormatter("text/html", table => ((Table)table).ToHtml()),
            new NotebookFormatter("text/plain", table => ((Table)table).ToText()),
            new NotebookFormatter("text/csv", table => ((Table)table).ToCsv()),
            new NotebookFormatter("text/markdown", table => ((Table)table).ToMarkdown()),
        ];
}
