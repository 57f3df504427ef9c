using Microsoft.AspNetCore.Html;

namespace Workbook.Kernel;

/// <summary>The display functions that cells call. Names and shapes are those of Polyglot Notebooks, so that cells run
/// there too.</summary>
public static class Displays
{
    /// <summary>Shows a value; what comes back may be updated.</summary>
    /// <remarks>Generic, so that it goes before the library's <c>System.DisplayExtensions.Display(object)</c>, whose
    /// updates reach no display.</remarks>
    public static DisplayedValue Display<T>(this T value, params string[] mimeTypes) => display(value, mimeTypes);

    /// <summary>Shows a value in the forms that suit its type, or in the MIME types given.</summary>
    public static DisplayedValue display(object? value, params string[] mimeTypes)
    {
        var shown = new DisplayedValue(CellOutput.Current, mimeTypes);
        MimeBundle data = Values.Format(value, mimeTypes);
        if (CellOutput.Current is { } output)
            output.Display(data, shown.DisplayId);
        else
            Console.WriteLine(data.GetValueOrDefault("text/plain") ?? data.Values.First());
        return shown;
    }

    /// <summary>Markup that is shown as it is, and not as text.</summary>
    public static IHtmlContent HTML(string content) => new HtmlString(content);
}
