namespace RobustInference.Reporting;

/// <summary>How notebooks show a <see cref="Drawing"/>.</summary>
sealed class DrawingFormatters
{
    public IEnumerable<object> CreateTypeFormatters() =>
        [
            new NotebookFormatter("image/svg+xml", drawing => ((Drawing)drawing).Svg),
            new NotebookFormatter("text/plain", drawing => drawing.ToString()!),
        ];
}
