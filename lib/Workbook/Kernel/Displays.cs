using Microsoft.AspNetCore.Html;

namespace Workbook.Kernel;

/// <summary>The display functions that cells call. Names and shapes are those of Polyglot Notebooks, so that cells run
/// there too.</summary>
public static class Displays
{
    /// <summary>Shows a value in the forms that suit its type, or in the MIME types given.</summary>
    public static DisplayedValue Display(this object? value, params string[] mimeTypes)
    {
        var shown = new DisplayedValue(CellOutput.Current, mimeTypes);
        MimeBundle data = Values.Format(value, mimeTypes);
        if (CellOutput.Current is { } output)
            output.Display(data, shown.DisplayId);
        else
            Console.WriteLine(data.GetValueOrDefault("text/plain") ?? data.Values.First());
        return shown;
    }

    /// <summary>Shows text that already is of type <paramref name="mimeType"/>, such as <c>text/html</c>.</summary>
    public static DisplayedValue DisplayAs(this string value, string mimeType)
    {
        var shown = new DisplayedValue(CellOutput.Current, [mimeType]);
        CellOutput.Current?.Display(new MimeBundle(mimeType, value), shown.DisplayId);
        return shown;
    }

    /// <summary>Shows a value, like <see cref="Display"/>.</summary>
    public static DisplayedValue display(object? value, params string[] mimeTypes) => value.Display(mimeTypes);

    /// <summary>Markup that is shown as it is, and not as text.</summary>
    public static IHtmlContent HTML(string content) => new HtmlString(content);
}
