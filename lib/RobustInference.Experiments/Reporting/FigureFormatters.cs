namespace RobustInference.Reporting;

/// <summary>How notebooks show a <see cref="Figure"/>: as a drawing, which shows where no script runs.</summary>
/// <remarks>The Plotly form is only for hosts that put JSON into messages as JSON, as this workbook's kernel does,
/// which asks for it. The tool dotnet-interactive puts it in as a string, at which Jupyter's own renderer
/// fails.</remarks>
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
