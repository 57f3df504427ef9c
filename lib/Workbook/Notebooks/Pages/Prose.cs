using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace Workbook.Notebooks.Pages;

/// <summary>The text of one page: names of chapters and types become links, abbreviations are explained, headings get
/// their ids.</summary>
/// <param name="site">Where links lead.</param>
/// <param name="own">The page's own name; it does not link to itself.</param>
sealed partial class Prose(Site site, string own)
{
    const int LongestWord = 32;
    const string Blocks = "p, li, td, th, blockquote";

    readonly HashSet<string> explained = [];
    int headings;

    /// <summary>A fragment of the page's text, ready to be shown.</summary>
    /// <param name="html">It; it is cleaned first.</param>
    /// <param name="isTable">A table of ours, where words have no room: abbreviations are explained on hover
    /// alone.</param>
    public string Html(string html, bool isTable = false)
    {
        IElement body = SafeHtml.Parse(html);
        foreach (IElement link in body.QuerySelectorAll("a[href]"))
            if (link.GetAttribute("href") is { } address && LocalNotebook.IsMatch(address))
                link.SetAttribute("href", LocalNotebook.Replace(address, ".html$1"));
        foreach (IElement heading in isTable ? [] : body.QuerySelectorAll("h2").ToArray())
            heading.Id = IdOf(headings++);
        foreach (IElement code in body.QuerySelectorAll("code").Where(code => code.Closest("a, pre") is null).ToArray())
            if (site.Sources.AddressOf(code.TextContent) is { } source)
                code.OuterHtml = $"<a class=\"type\" href=\"{source}\">{code.OuterHtml}</a>";
            else if (code.ChildElementCount == 0 && code.TextContent.Contains('-'))
                code.InnerHtml = string.Join(' ', code.TextContent.Split(' ').Select(Whole));
        foreach (IText text in Texts(body).ToArray())
        {
            text.Data = Joined.Replace(text.Data, match => match.Value.Replace(' ', '\u00a0'));
            string marked = Marked(text.Data, isTable, text.ParentElement!.Closest(Blocks)?.TextContent ?? "");
            if (marked != WebUtility.HtmlEncode(text.Data))
            {
                IElement holder = body.Owner!.CreateElement("span");
                holder.InnerHtml = marked;
                text.Replace([.. holder.ChildNodes]);
            }
        }
        foreach (
            IElement table in body.QuerySelectorAll("table")
                .Where(table => table.ParentElement?.ClassName != "ri-scroll")
                .ToArray()
        )
            Frame(table);
        return body.InnerHtml;
    }

    /// <summary>The id of a page's section, from 0.</summary>
    public static string IdOf(int section) => $"section-{section + 1}";

    // A wide table scrolls inside its frame; its notes stay where they are.
    static void Frame(IElement table)
    {
        IElement frame = table.Owner!.CreateElement("div");
        frame.ClassName = "ri-scroll";
        frame.SetAttribute("tabindex", "0");
        table.Replace(frame);
        frame.Append(table);
        if (table.QuerySelector("caption") is { } caption)
        {
            IElement title = table.Owner!.CreateElement("p");
            title.ClassName = "ri-title";
            title.InnerHtml = caption.InnerHtml;
            frame.Before(title);
            caption.Remove();
        }
        if (table.QuerySelector("tfoot td") is { } notes)
        {
            IElement under = table.Owner!.CreateElement("p");
            under.ClassName = "ri-notes";
            under.InnerHtml = notes.InnerHtml;
            frame.After(under);
            table.QuerySelector("tfoot")!.Remove();
        }
    }

    static IEnumerable<IText> Texts(IElement body) =>
        body.Descendants<IText>()
            .Where(text =>
                text.ParentElement is { } parent && parent.Closest("a, code, pre, h1, h2, h3, .math, summary") is null
            );

    string Marked(string text, bool isTable, string around)
    {
        var pieces = new List<(int Start, int Length, string Html)>();
        foreach (Match match in isTable ? [] : Chapter.Matches(text).ToArray())
        foreach (Capture number in match.Groups["number"].Captures)
            if (site.Chapter(number.Value) is { } page && page.Name != own)
            {
                // The first link takes the word with it: "chapter 03", then "05".
                bool first = number.Index == match.Groups["number"].Captures[0].Index;
                int start = first ? match.Index : number.Index;
                int length = number.Index + number.Length - start;
                pieces.Add(
                    (
                        start,
                        length,
                        $"<a href=\"{page.Address}\" "
                            + $"title=\"{Encode(page.Title)}\">{Encode(text.Substring(start, length))}</a>"
                    )
                );
            }
        foreach (Match match in Abbreviations.In(text))
            if (!pieces.Exists(piece => piece.Start <= match.Index && match.Index < piece.Start + piece.Length))
                pieces.Add((match.Index, match.Length, Explained(match.Value, isTable, around)));
        var html = new System.Text.StringBuilder();
        int at = 0;
        foreach (var (start, length, piece) in pieces.OrderBy(piece => piece.Start))
        {
            html.Append(Encode(text[at..start])).Append(piece);
            at = start + length;
        }
        return html.Append(Encode(text[at..])).ToString();
    }

    // Where its own paragraph says the words, they are not put there once more.
    string Explained(string abbreviation, bool isTable, string around)
    {
        string meaning = Abbreviations.MeaningOf(abbreviation),
            html = $"<abbr title=\"{Encode(meaning)}\">{abbreviation}</abbr>";
        return
            !isTable
            && Abbreviations.IsSpeltOut(abbreviation)
            && explained.Add(abbreviation)
            && !around.Contains(meaning, StringComparison.OrdinalIgnoreCase)
            ? $"{html}<span class=\"meaning\"> ({Encode(meaning)})</span>"
            : html;
    }

    // A line does not end within an option of a command.
    static string Whole(string word) =>
        word.Length <= LongestWord && word.Contains('-') ? $"<span class=\"word\">{Encode(word)}</span>" : Encode(word);

    static string Encode(string text) => WebUtility.HtmlEncode(text);

    // "95 %", "α = 0.5", "f < n/2": what stays on one line.
    [GeneratedRegex(@"(?<=\d) (?=%)|(?<=\b\w) [=<>≤≥] (?=\w)")]
    private static partial Regex Joined { get; }

    [GeneratedRegex(@"\.ipynb(#.*)?$")]
    private static partial Regex LocalNotebook { get; }

    [GeneratedRegex(@"\b[Cc]hapters? (?<number>\d\d)(?:(?:, | and | to | or |–|-)(?<number>\d\d))*\b")]
    private static partial Regex Chapter { get; }
}
