namespace Workbook.Kernel;

/// <summary>Whoever shows a cell's output: a notebook that is being written, or a Jupyter client.</summary>
/// <remarks>Called from any thread, one call at a time.</remarks>
public interface IFrontEnd
{
    /// <param name="name"><c>stdout</c> or <c>stderr</c>.</param>
    /// <param name="text">Any piece of text, not necessarily a line.</param>
    void Stream(string name, string text);

    /// <summary>Adds a display; <paramref name="displayId"/> lets <see cref="Update"/> find it again.</summary>
    void Display(MimeBundle data, string? displayId);

    /// <summary>Replaces the display of that id, wherever it was shown.</summary>
    void Update(MimeBundle data, string displayId);

    /// <summary>Asks the reader for a line.</summary>
    /// <exception cref="NotSupportedException">Nobody is there to answer.</exception>
    string ReadLine(string prompt, bool hidden);
}
