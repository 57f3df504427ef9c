using Microsoft.Playwright;
using Workbook.Notebooks;
using Workbook.Notebooks.Execution;
using Workbook.Notebooks.Pages;

namespace Tests.Workbook.Notebooks;

public class ExportedPageTests
{
    const string Chromium = "/usr/bin/chromium";

    // What the chapters hold: text with formulas, console output, tables, our figures, a Plotly.NET chart, an error.
    static readonly string[] Cells =
    [
        "# A chapter\nThe trimmed mean drops the $f$ smallest and largest of $n$ values, so that $\\kappa "
            + "= \\frac{6f}{n-2f}\\left(1+\\frac{f}{n-2f}\\right)$.\n\n$$\\bar{p}_k = "
            + "\\frac{1}{n-2f}\\sum_{i=f+1}^{n-f} p_{(i),k}$$\n\n| rule | accuracy |\n|---|---|\n| Mean | 41.2 "
            + "|\n| CWTM | 63.9 |\n\n> Take away: `CWTM` holds.\n\n- one\n- two",
        "#r \"RobustInference.dll\"\n#r \"Plotly.NET.dll\"\n#r \"DynamicObj.dll\"\n#r "
            + "\"Microsoft.Data.Analysis.dll\"\nusing RobustInference.Reporting;\nusing "
            + "Microsoft.Data.Analysis;\n\n// Clients and those that lie.\nint n = 17, f = "
            + "4;\nConsole.WriteLine($\"{n} clients, {f} of them corrupted\");",
        "Figure.Of(\"Accuracy under attack\", new Axis(\"corrupted clients\"), new Axis(\"accuracy "
            + "(%)\"), new LineSeries(\"Mean\", [0, 1, 2, 3, 4], [70, 62, 50, 43, 31]), new "
            + "LineSeries(\"CWTM\", [0, 1, 2, 3, 4], [70, 68, 66, 61, 57]))",
        "var trace = new Plotly.NET.Trace(\"bar\"); trace.SetProperty(\"x\", new[] { \"Mean\", \"CWTM\" "
            + "}); trace.SetProperty(\"y\", new[] { 31.0, 57.0 });\nPlotly.NET.GenericChart.ofTraceObject(true, "
            + "trace)",
        "new DataFrame(new StringDataFrameColumn(\"rule\", new[] { \"Mean\", \"CWTM\" }), new "
            + "DoubleDataFrameColumn(\"accuracy\", new[] { 0.312, 0.571 }))",
        "new { n, f, share = f / (double)n }",
        "throw new InvalidOperationException(\"n must exceed 2f\");",
    ];

    [Fact]
    public async Task A_page_opens_without_a_network_and_draws_everything()
    {
        if (!File.Exists(Chromium))
            Assert.Skip($"{Chromium} is missing: apt-get install chromium");
        string folder = Directory.CreateDirectory(Path.Combine(Outside.Root, "artifacts", "tests", "pages")).FullName;
        Notebook notebook = WrittenNotebook.Of(Cells);
        NotebookRun run = await new NotebookRunner().Run(notebook, AppContext.BaseDirectory);
        Assert.Equal(notebook.Cells.Count, Assert.Single(run.Failures).Cell?.Number);
        IndexPage.Note(notebook, run, "quick");
        var sources = new SourceIndex(Outside.Root);
        var site = new Site([SitePage.Of("00-chapter", notebook, sources)], sources);
        notebook.Write(Path.Combine(folder, "00-chapter.ipynb"));
        File.WriteAllText(
            Path.Combine(folder, "00-chapter.html"),
            HtmlPage.Render(notebook, "00-chapter", AppContext.BaseDirectory, site)
        );
        File.WriteAllText(Path.Combine(folder, "index.html"), IndexPage.Render([("00-chapter", notebook)], site));

        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Chromium, Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] }
        );
        foreach (ColorScheme scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await using IBrowserContext context = await browser.NewContextAsync(
                new()
                {
                    ColorScheme = scheme,
                    ViewportSize = new() { Width = 1100, Height = 900 },
                }
            );
            IPage page = await context.NewPageAsync();
            var complaints = new List<string>();
            page.Console += (_, message) =>
            {
                if (message.Type is "error" or "warning")
                    complaints.Add($"{message.Type}: {message.Text}");
            };
            page.PageError += (_, error) => complaints.Add($"error: {error}");
            page.Request += (_, request) =>
            {
                if (
                    !request.Url.StartsWith("file:", StringComparison.Ordinal)
                    && !request.Url.StartsWith("data:", StringComparison.Ordinal)
                    && !request.Url.StartsWith("blob:", StringComparison.Ordinal)
                )
                    complaints.Add($"request: {request.Url}");
            };
            foreach (string name in new[] { "00-chapter.html", "index.html" })
            {
                await page.GotoAsync(
                    new Uri(Path.Combine(folder, name)).AbsoluteUri,
                    new() { WaitUntil = WaitUntilState.Load }
                );
                if (name != "index.html")
                    await page.WaitForSelectorAsync(
                        ".plotly-figure .bars path",
                        new() { State = WaitForSelectorState.Attached }
                    );
                int undrawn = await page.EvaluateAsync<int>(
                    "[...document.images].filter(image => !image.complete || image.naturalWidth < 50).length"
                );
                Assert.Equal(0, undrawn);
                await page.ScreenshotAsync(
                    new()
                    {
                        Path = Path.Combine(
                            folder,
                            $"{Path.GetFileNameWithoutExtension(name)}-{scheme}.png".ToLowerInvariant()
                        ),
                        FullPage = true,
                    }
                );
            }
            await page.GotoAsync(new Uri(Path.Combine(folder, "00-chapter.html")).AbsoluteUri);
            Assert.Equal(1, await page.Locator("img").CountAsync());
            Assert.Equal(4, await page.Locator(".math math").CountAsync());
            Assert.Equal(1, await page.Locator("math[display=block]").CountAsync());
            Assert.Equal(0, await page.Locator(".katex-error").CountAsync());
            Assert.True(
                await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"),
                "the page is wider than its window"
            );
            Assert.Empty(complaints);
        }
    }
}
