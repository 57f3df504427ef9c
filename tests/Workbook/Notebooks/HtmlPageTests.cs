using System.Text.Json.Nodes;
using Workbook.Notebooks;
using Workbook.Notebooks.Execution;
using Workbook.Notebooks.Pages;

namespace Tests.Workbook.Notebooks;

public class HtmlPageTests
{
    const string Svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><rect width='9' height='9'/></svg>";
    static readonly JsonObject Plot = new()
    {
        ["data"] = new JsonArray(new JsonObject { ["y"] = new JsonArray(1, 2), ["name"] = "</script>" }),
        ["layout"] = new JsonObject(),
    };

    static string Render(params JsonObject[] cells) =>
        HtmlPage.Render(WrittenNotebook.Of(cells), "T", AppContext.BaseDirectory, Around());

    static Site Around(params string[] names) =>
        new(
            names.Select(name => new SitePage(name, "Chapter " + name, [], new HashSet<string>())),
            new SourceIndex(".")
        );

    static JsonObject Code(params JsonObject[] outputs) => WrittenNotebook.Code("var x = \"a<b\"; // why", outputs);

    [Fact]
    public void Text_code_and_outputs_stand_in_order_and_are_escaped()
    {
        string page = Render(
            WrittenNotebook.Text("# A *title*\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[next](01-next.ipynb)"),
            Code(WrittenNotebook.Stream("x < y\u001b[31m"))
        );
        Assert.Contains("A <em>title</em></h1>", page);
        Assert.Contains("<td>1</td>", page);
        Assert.Contains("href=\"01-next.html\"", page);
        Assert.Contains(
            "<span class=\"k\">var</span> x = <span class=\"s\">&quot;a&lt;b&quot;</span>; <span "
                + "class=\"c\">// why</span>",
            page
        );
        Assert.Contains("<pre class=\"wrapped\">x &lt; y</pre>", page);
    }

    [Fact]
    public void A_static_drawing_is_taken_where_there_is_one_and_no_script_comes_with_it()
    {
        JsonObject output = WrittenNotebook.Data("image/svg+xml", Svg);
        output["data"]!["application/vnd.plotly.v1+json"] = Plot.DeepClone();
        string page = Render(Code(output));
        Assert.Contains("<img alt=\"figure\" src=\"data:image/svg+xml;base64,", page);
        Assert.DoesNotContain("<script", page);
    }

    [Fact]
    public void Scripts_come_once_and_only_with_what_needs_them()
    {
        string page = Render(
            Code(
                WrittenNotebook.Data("application/vnd.plotly.v1+json", Plot.DeepClone()),
                WrittenNotebook.Data("application/vnd.plotly.v1+json", Plot.DeepClone())
            )
        );
        Assert.Equal(1, page.Split("plotly.js v2.").Length - 1);
        Assert.DoesNotContain("katex", page);
        Assert.InRange(page.Length, 3_000_000, 5_000_000);
        Assert.Contains("katex.render", Render(WrittenNotebook.Text("The rate is $\\frac{1}{n}$.")));
        Assert.InRange(Render(WrittenNotebook.Text("text")).Length, 1000, 15_000);
    }

    [Fact]
    public void A_picture_beside_the_notebook_is_taken_in()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a.svg"), Svg);
        string page = HtmlPage.Render(
            WrittenNotebook.Of("# T\n![a](a.svg) ![b](missing.svg)"),
            "T",
            folder.Path,
            Around()
        );
        Assert.Contains("src=\"data:image/svg+xml;base64,", page);
        Assert.Contains("src=\"missing.svg\"", page);
    }

    [Fact]
    public void The_index_has_a_card_for_each_chapter_with_its_main_picture_and_run_time()
    {
        using var folder = new TemporaryFolder();
        Notebook first = WrittenNotebook.Of(
            WrittenNotebook.Text("# One & all"),
            Code(WrittenNotebook.Data("image/png", "Zmlyc3Q=")),
            WrittenNotebook.Tagged(Code(WrittenNotebook.Data("image/png", "bWFpbg==")), "main-picture")
        );
        IndexPage.Note(first, new NotebookRun(TimeSpan.FromSeconds(75), [], []), "quick");
        first.Write(folder.File("00-one.ipynb"));
        WrittenNotebook.Of("# Two").Write(folder.File("01-two.ipynb"));
        string page = IndexPage.Render([.. Site.Run(folder.Path, _ => { })], Around("00-one", "01-two"));
        Assert.Contains("href=\"00-one.html\"", page);
        Assert.Contains("<strong>One &amp; all</strong><small>1 min 15 s, profile quick</small>", page);
        Assert.Contains("bWFpbg==", page);
        Assert.DoesNotContain("Zmlyc3Q=", page);
        Assert.Contains("<strong>Two</strong>", page);
    }

    [Fact]
    public void Nothing_in_a_text_or_an_output_acts_or_asks_the_net()
    {
        string page = Render(
            WrittenNotebook.Text(
                "# T\n<script>alert(1)</script><img src=\"https://example.org/a.png\"><a "
                    + "href=\"javascript:x()\">y</a><b onclick=\"x()\">z</b>"
            ),
            Code(
                WrittenNotebook.Data("text/html", "<iframe src='https://example.org'></iframe><p onload='x()'>kept</p>")
            )
        );
        Assert.Contains("Content-Security-Policy", page);
        Assert.Contains("default-src 'none'", page);
        foreach (string bad in new[] { "alert(1)", "example.org", "javascript:", "onclick", "onload", "<iframe" })
            Assert.DoesNotContain(bad, page);
        Assert.Contains("kept</p>", page);
    }

    [Fact]
    public void Chapters_that_a_text_names_are_links_and_abbreviations_are_explained_once()
    {
        string page = HtmlPage.Render(
            WrittenNotebook.Of(WrittenNotebook.Text("# T\n\nSee chapters 03 to 05: CWTM, and CWTM again.")),
            "00-t",
            AppContext.BaseDirectory,
            Around("00-t", "03-a", "05-b")
        );
        Assert.Contains("<a href=\"03-a.html\" title=\"Chapter 03-a\">chapters 03</a> to <a href=\"05-b.html\"", page);
        Assert.Equal(1, page.Split("<span class=\"meaning\"> (coordinate-wise trimmed mean)").Length - 1);
        Assert.Equal(2, page.Split("<abbr title=\"coordinate-wise trimmed mean\">CWTM</abbr>").Length - 1);
        Assert.Contains("rel=\"next\" href=\"03-a.html\"", page);
    }

    [Fact]
    public void Percentages_equations_and_a_command_s_options_are_not_torn_apart()
    {
        string page = Render(WrittenNotebook.Text("# T\n\n95 % at n = 17, 3 of 4: `run --keep-going 05`"));
        Assert.Contains("95&nbsp;% at n&nbsp;=&nbsp;17, 3 of 4: ", page);
        Assert.Contains("<code>run <span class=\"word\">--keep-going</span> 05</code>", page);
    }

    [Fact]
    public void Hollow_marks_and_the_paper_of_a_diagram_have_the_colour_of_the_page()
    {
        string page = Render(Code(WrittenNotebook.Data("image/svg+xml", Svg))),
            picture = page.Split("src=\"data:image/svg+xml;base64,")[1].Split('"')[0],
            drawing = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(picture));
        foreach (string paper in new[] { "#ffffff", "#14171c" })
        {
            Assert.Contains($"--paper: {paper};", page);
            Assert.Contains($"ellipse[fill=\"white\"],svg .flow-paper{{fill:{paper}}}", drawing);
        }
    }

    [Fact]
    public void Imports_are_folded_and_notes_stand_outside_of_a_table_that_scrolls()
    {
        string page = Render(
            WrittenNotebook.Code(
                "using System;\nusing System.Linq;\nusing System.IO;\nint x = 1;",
                WrittenNotebook.Data(
                    "text/html",
                    "<table class=\"ri-table\"><caption>Title</caption><tbody><tr><td>1</td></tr></tbody>"
                        + "<tfoot><tr><td>Note.</td></tr></tfoot></table>"
                )
            )
        );
        Assert.Contains("<summary>3 lines of imports</summary>", page);
        Assert.Contains("<p class=\"ri-title\">Title</p><div class=\"ri-scroll\" tabindex=\"0\"><table", page);
        Assert.Contains("</table></div><p class=\"ri-notes\">Note.</p>", page);
    }
}
