using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using RobustInference.Reporting;
using SkiaSharp;

namespace Tests.RobustInference.Reporting;

public class FigureTests
{
    public static TheoryData<string> Kinds => [.. Gallery.All().Select(entry => entry.Kind)];

    static Figure Kind(string kind) => Gallery.All().Single(entry => entry.Kind == kind).Figure;

    static string[] Texts(string svg) =>
        [.. XDocument.Parse(svg).Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];

    static IEnumerable<string> Titles(Figure figure) =>
        figure
            .Panels.SelectMany(panel => new[] { panel.X.Title, panel.Y.Title, panel.Title })
            .Append(figure.Title)
            .Where(title => title != "");

    [Theory, MemberData(nameof(Kinds))]
    public void The_drawing_names_its_axes_panels_and_series(string kind)
    {
        string[] texts = Texts(Kind(kind).ToSvg());
        Assert.All(Titles(Kind(kind)), title => Assert.Contains(title, texts));
        string[] names =
        [
            .. Kind(kind)
                .Panels.SelectMany(panel => panel.Series)
                .Select(series => series.Name)
                .Distinct()
                .Where(name => name != ""),
        ];
        if (names.Length > 1)
            Assert.All(names, name => Assert.Contains(name, texts));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void The_drawing_shows_every_series_in_its_colour(string kind)
    {
        string svg = Kind(kind).ToSvg();
        int names = Kind(kind)
            .Panels.SelectMany(panel => panel.Series)
            .Where(s => s is not HeatmapSeries)
            .Select(series => series.Name)
            .Distinct()
            .Count();
        for (int i = 0; i < names; i++)
            Assert.True(
                Regex.Count(svg, Palette.At(i), RegexOptions.IgnoreCase) > (names > 1 ? 1 : 0),
                $"{kind}: colour {i} is missing"
            );
    }

    [Fact]
    public void Many_series_differ_in_colour_and_those_of_a_hue_in_shape()
    {
        Assert.Equal(Palette.Colours, Enumerable.Range(0, 10).Select(Palette.At));
        Assert.Equal(30, Enumerable.Range(0, 30).Select(Palette.At).Distinct().Count());
        foreach (int i in Enumerable.Range(0, 10))
            Assert.Equal(
                3,
                new[] { i, i + 10, i + 20 }.Select(number => Palette.ShapeAt(number, 5)).Distinct().Count()
            );
        // The marker's symbol and colour in Plotly's form, as in the drawing.
        var many = Figure.Of("", "x", "y", [.. Enumerable.Range(0, 11).Select(i => new PointSeries($"{i}", [i], [i]))]);
        var markers = JsonNode.Parse(many.ToPlotlyJson())!["data"]!
            .AsArray()
            .Select(trace => trace!["marker"]!)
            .ToArray();
        Assert.Equal(11, markers.Select(marker => marker["color"]!.GetValue<string>()).Distinct().Count());
        Assert.NotEqual(markers[0]["symbol"]!.GetValue<string>(), markers[10]["symbol"]!.GetValue<string>());
    }

    public static TheoryData<string> Rows =>
        [.. Gallery.All().Where(entry => entry.Figure.Columns > 1).Select(entry => entry.Kind)];

    [Theory, MemberData(nameof(Rows))]
    public void Neighbouring_panels_keep_clear_of_each_other(string kind)
    {
        const int Clear = 8;
        var figure = Kind(kind);
        using var bitmap = SKBitmap.Decode(figure.ToPng(scale: 1));
        // Where the panels are: title and legend stand above.
        bool Blank(int x) => Enumerable.Range(90, bitmap.Height - 90).All(y => bitmap.GetPixel(x, y) == SKColors.White);
        int gaps = 0,
            run = 0;
        for (int x = 20; x < bitmap.Width - 20; x++)
        {
            run = Blank(x) ? run + 1 : 0;
            gaps += run == Clear ? 1 : 0;
        }
        Assert.True(gaps >= figure.Columns - 1, $"{kind}: {gaps} clear gaps between {figure.Columns} panels");
    }

    [Theory, MemberData(nameof(Rows))]
    public void Plotly_leaves_room_for_the_labels_between_panels(string kind)
    {
        var figure = Kind(kind);
        var layout = JsonNode.Parse(figure.ToPlotlyJson())!["layout"]!;
        double[] Ends(int panel) =>
            [
                .. layout["xaxis" + (panel == 0 ? "" : $"{panel + 1}")]!["domain"]!
                    .AsArray()
                    .Select(end => end!.GetValue<double>() * (figure.Width - 76)),
            ];
        for (int panel = 1; panel < figure.Columns; panel++)
        {
            int longest = figure.Panels[panel].Y.Categories.Select(name => name.Length).DefaultIfEmpty(3).Max();
            // Ticks and title with their distances, and 7 pixels a character.
            Assert.InRange(Ends(panel)[0] - Ends(panel - 1)[1], 7 * longest + 40, figure.Width / 2);
            Assert.InRange(Ends(panel)[1], Ends(panel)[0] + 60, figure.Width - 76 + 1e-6);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void The_picture_has_marks_on_all_of_its_height(string kind)
    {
        using var bitmap = SKBitmap.Decode(Kind(kind).ToPng(scale: 1));
        Assert.Equal((Kind(kind).Width, Kind(kind).Height), (bitmap.Width, bitmap.Height));
        for (int band = 0; band < 4; band++)
        {
            int marked = 0;
            for (int y = band * bitmap.Height / 4; y < (band + 1) * bitmap.Height / 4; y++)
            for (int x = 0; x < bitmap.Width; x++)
                if (bitmap.GetPixel(x, y) != SKColors.White)
                    marked++;
            Assert.True(marked > 200, $"{kind}: only {marked} pixels in quarter {band}");
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Plotly_gets_every_series_and_title(string kind)
    {
        var figure = Kind(kind);
        var json = JsonNode.Parse(figure.ToPlotlyJson())!;
        var names = json["data"]!.AsArray().Select(trace => trace!["name"]?.GetValue<string>()).ToArray();
        Assert.All(
            figure.Panels.SelectMany(panel => panel.Series).Where(s => s is not HeatmapSeries),
            series => Assert.Contains(series.Name, names)
        );
        string layout = json["layout"]!.ToJsonString(
            new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
        Assert.All(Titles(figure), title => Assert.Contains(title, layout));
        Assert.False(json["config"]!["displaylogo"]!.GetValue<bool>());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_Plotly_NET_chart_of_a_figure_has_the_same_traces_and_layout(string kind)
    {
        JsonNode figure = JsonNode.Parse(Kind(kind).ToPlotlyJson())!,
            chart = JsonNode.Parse(Plotly.NET.GenericChart.toFigureJson(Kind(kind).ToPlotly()))!;
        Assert.True(JsonNode.DeepEquals(figure["data"], chart["data"]), chart["data"]!.ToJsonString());
        Assert.True(JsonNode.DeepEquals(figure["layout"], chart["layout"]), chart["layout"]!.ToJsonString());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Nothing_is_loaded_from_a_network(string kind) =>
        Assert.DoesNotMatch("""(src|href)\s*=\s*["']?(https?:)?//""", Kind(kind).ToHtml());

    [Theory, MemberData(nameof(Kinds))]
    public void Equal_figures_are_equal_bytes(string kind)
    {
        Assert.Equal(Kind(kind).ToSvg(), Kind(kind).ToSvg());
        Assert.Equal(Kind(kind).ToPlotlyJson(), Kind(kind).ToPlotlyJson());
    }

    [Fact]
    public void Drawings_in_one_page_share_no_ids()
    {
        string[] ids =
        [
            .. Gallery
                .All()
                .SelectMany(entry =>
                    Regex.Matches(entry.Figure.ToSvg(), "\\bid=\"([^\"]+)\"").Select(match => match.Groups[1].Value)
                ),
        ];
        Assert.NotEmpty(ids);
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void A_label_needs_no_font_of_the_machine()
    {
        string svg = Gallery.Lines().ToSvg();
        Assert.Matches(
            "<text [^>]*font-family=\"DejaVu Sans, Verdana, sans-serif\"[^>]* "
                + "textLength=\"[0-9.]+\"[^>]*>κ ≤ 6f/\\(n−2f\\)</text>",
            svg
        );
    }

    [Fact]
    public void The_drawing_has_no_background_of_its_own_and_a_theme_gives_it_one()
    {
        Assert.DoesNotContain("#1e1e1e", Gallery.Lines().ToSvg(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("#1e1e1e", Gallery.Lines().ToSvg(Theme.Dark), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Markup_in_a_label_is_text()
    {
        var figure = Figure.Of(
            "a < b & \"c\"",
            "x",
            "y",
            new LineSeries("</script><b>", [1, 2], [1, 2]),
            new LineSeries("second", [1, 2], [2, 1])
        );
        Assert.Contains("</script><b>", Texts(figure.ToSvg()));
        Assert.Equal("a < b & \"c\"", XDocument.Parse(figure.ToSvg()).Root!.Attribute("aria-label")!.Value);
        Assert.Single(Regex.Matches(figure.ToHtml(), "</script>"));
    }

    [Fact]
    public void A_long_title_takes_two_lines()
    {
        var figure = Figure.Of(
            string.Join(' ', Enumerable.Repeat("word", 25)),
            "x",
            "y",
            new LineSeries("a", [1, 2], [1, 2])
        );
        Assert.Equal(
            25,
            Texts(figure.ToSvg())
                .Where(text => text.StartsWith("word"))
                .Select(line => line.Split(' '))
                .Where(words => words.Length < 25)
                .Sum(words => words.Length)
        );
        Assert.Contains("word<br>word", figure.ToPlotlyJson());
    }

    [Fact]
    public void An_axis_of_numbers_needs_a_title() =>
        Assert.Throws<ArgumentException>(() => Figure.Of("", "", "y", new LineSeries("a", [1], [1])));

    [Fact]
    public void Lists_of_unequal_length_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new LineSeries("a", [1, 2], [1]));
        Assert.Throws<ArgumentException>(() => new PointSeries("a", [1, 2], [1]));
        Assert.Throws<ArgumentException>(() => new BarSeries("a", [1, 2], [1]));
        Assert.Throws<ArgumentException>(() => new LineSeries("a", [1, 2], [1, 2]).WithBand([1]));
    }

    [Fact]
    public void Figures_without_any_value_are_drawn_all_the_same()
    {
        var empty = Figure.Of(
            "nothing yet",
            "x",
            "y",
            new LineSeries("a", [], []),
            new PointSeries("b", [double.NaN], [1]),
            new HistogramSeries("c", [])
        );
        Assert.Contains("nothing yet", Texts(empty.ToSvg()));
        Assert.NotNull(JsonNode.Parse(empty.ToPlotlyJson()));
    }

    [Fact]
    public void A_histogram_counts_every_value_once()
    {
        var trace = JsonNode.Parse(
            Figure.Of("", "x", "samples", new HistogramSeries("a", [0, 0.5, 1, 1, double.NaN])).ToPlotlyJson()
        )!["data"]![0]!;
        Assert.Equal(4, trace["y"]!.AsArray().Sum(height => height!.GetValue<double>()));
    }
}
