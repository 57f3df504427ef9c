using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Ganss.Xss;

namespace Workbook.Notebooks.Pages;

/// <summary>HTML from a notebook without what could act or ask the net: no scripts, frames, forms or styles for the
/// whole page; pictures only as data.</summary>
static partial class SafeHtml
{
    static readonly HtmlSanitizer Sanitizer = Create();

    /// <summary>The fragment, cleaned, as the body of a document.</summary>
    public static IElement Parse(string html)
    {
        string clean = Sanitizer.Sanitize(html);
        return new HtmlParser().ParseDocument($"<!DOCTYPE html><html><body>{clean}</body></html>").Body!;
    }

    static HtmlSanitizer Create()
    {
        var sanitizer = new HtmlSanitizer();
        foreach (string tag in new[] { "details", "summary", "figure", "figcaption", "abbr", "mark", "section" })
            sanitizer.AllowedTags.Add(tag);
        foreach (string tag in new[] { "form", "input", "button", "select", "textarea", "option", "optgroup" })
            sanitizer.AllowedTags.Remove(tag);
        foreach (string attribute in new[] { "class", "id", "open", "scope", "colspan", "rowspan", "title" })
            sanitizer.AllowedAttributes.Add(attribute);
        sanitizer.AllowedAttributes.Remove("action");
        foreach (string property in new[] { "position", "z-index", "background-image", "background", "content" })
            sanitizer.AllowedCssProperties.Remove(property);
        sanitizer.AllowedSchemes.Add("mailto");
        sanitizer.AllowedSchemes.Add("data");
        // Pictures come with the page; links may lead anywhere but into data.
        sanitizer.FilterUrl += (_, url) =>
        {
            bool picture = url.Tag.LocalName == "img";
            bool data = url.OriginalUrl.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase);
            bool scheme = Scheme.IsMatch(url.OriginalUrl);
            if (picture ? scheme && !data : url.OriginalUrl.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
                url.SanitizedUrl = null;
        };
        return sanitizer;
    }

    [GeneratedRegex("^ *([a-zA-Z][a-zA-Z0-9+.-]*:|//)")]
    private static partial Regex Scheme { get; }
}
