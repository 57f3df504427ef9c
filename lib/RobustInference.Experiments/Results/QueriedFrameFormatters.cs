using RobustInference.Reporting;

namespace RobustInference.Results;

/// <summary>How notebooks show a <see cref="QueriedFrame"/>.</summary>
sealed class QueriedFrameFormatters
{
    public IEnumerable<object> CreateTypeFormatters() =>
        [
            new NotebookFormatter("text/html", frame => ((QueriedFrame)frame).FirstRows().ToHtml()),
            new NotebookFormatter("text/plain", frame => ((QueriedFrame)frame).FirstRows().ToText()),
        ];
}
