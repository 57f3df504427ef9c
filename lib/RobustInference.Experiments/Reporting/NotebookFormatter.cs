namespace RobustInference.Reporting;

/// <summary>Writes a value as one MIME type; found by its members' names, see
/// <see cref="TypeFormatterSourceAttribute"/>.</summary>
sealed class NotebookFormatter(string mimeType, Func<object, string> write)
{
    public string MimeType => mimeType;

    public bool Format(object value, TextWriter writer)
    {
        writer.Write(write(value));
        return true;
    }
}
