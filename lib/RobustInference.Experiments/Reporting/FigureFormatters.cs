namespace RobustInference.Reporting;

/// <summary>How notebooks show a <see cref="Figure"/>: both in one bundle, so that a picture shows where no script
/// runs.</summary>
sealed class FigureFormatters
{
    public IEnumerable<object> CreateTypeFormatters() =>
        [
            new NotebookFormatter("image/svg+xml", figure => ((Figure)figure).ToSvg()),
            new NotebookFormatter("application/vnd.plotly.v1+json", figure => ((Figure)figure).ToPlotlyJson()),
            new NotebookFormatter("text/html", figure => ((Figure)figure).ToHtml()),
            new NotebookFormatter("text/plain", figure => ((Figure)figure).ToString()),
        ];
}
