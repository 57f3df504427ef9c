using Deedle;
using Microsoft.Data.Analysis;
using Plotly.NET;
using Workbook.Kernel;
using Frame = Deedle.Frame;

namespace Tests.Workbook.Kernel;

public class ValuesTests
{
    [AttributeUsage(AttributeTargets.Class)]
    sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
    {
        public Type FormatterSourceType { get; } = formatterSourceType;

        public string[]? PreferredMimeTypes { get; set; }
    }

    [TypeFormatterSource(
        typeof(PictureFormatters),
        PreferredMimeTypes = ["image/svg+xml", "application/vnd.plotly.v1+json"]
    )]
    sealed class Picture;

    sealed class PictureFormatters
    {
        public IEnumerable<object> CreateTypeFormatters() =>
            [
                new PictureFormatter("image/svg+xml", "<svg/>"),
                new PictureFormatter("application/vnd.plotly.v1+json", """{"data":[]}"""),
                new PictureFormatter("text/plain", "a picture"),
            ];
    }

    sealed class PictureFormatter(string mimeType, string text)
    {
        public string MimeType => mimeType;

        public bool Format(object value, TextWriter writer)
        {
            writer.Write(text);
            return true;
        }
    }

    [Fact]
    public void A_type_of_our_own_chooses_its_forms_by_an_attribute_known_by_name()
    {
        MimeBundle data = Values.Format(new Picture());
        Assert.Equal(["image/svg+xml", "application/vnd.plotly.v1+json", "text/plain"], data.Keys);
        Assert.Equal("<svg/>", data["image/svg+xml"]);
        Assert.Equal("a picture", data["text/plain"]);
        Assert.Equal(
            """{"image/svg+xml":"<svg/>","application/vnd.plotly.v1+json":{"data":[]},"text/plain":"a picture"}""",
            data.ToJson()
                .ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
        );
    }

    [Fact]
    public void A_data_frame_is_a_table_of_its_first_rows()
    {
        var frame = new DataFrame(
            new StringDataFrameColumn("rule", Enumerable.Repeat("a<b", 60)),
            new DoubleDataFrameColumn("accuracy", Enumerable.Repeat(0.25, 60))
        );
        string html = Values.Format(frame)["text/html"];
        Assert.StartsWith(
            "<table class=\"frame\"><thead><tr><th></th><th>rule</th><th>accuracy</th></tr></thead>"
                + "<tbody><tr><th>0</th><td style=\"text-align:left\">a&lt;b</td>"
                + "<td style=\"text-align:right\">0.25</td></tr>",
            html
        );
        Assert.Equal(51, html.Split("<tr>").Length - 1);
        Assert.Contains("50 of 60 rows", html);
        Assert.Contains("accuracy", Values.Format(frame)["text/plain"]);
    }

    [Fact]
    public void A_Deedle_frame_is_a_table_with_its_keys()
    {
        Frame<string, string> frame = Frame.FromColumns(
            new Dictionary<string, Series<string, double>>
            {
                ["PGD"] = new Series<string, double>(["Mean", "CWTM"], [0.5, 0.75]),
                ["CPA"] = new Series<string, double>(["Mean"], [1.25]),
            }
        );
        MimeBundle data = Values.Format(frame);
        Assert.Equal(
            "<table class=\"frame\"><thead><tr><th></th><th>PGD</th><th>CPA</th></tr></thead><tbody>"
                + "<tr><th>Mean</th><td style=\"text-align:right\">0.5</td><td "
                + "style=\"text-align:right\">1.25</td></tr>"
                + "<tr><th>CWTM</th><td style=\"text-align:right\">0.75</td><td "
                + "style=\"text-align:left\"></td></tr></tbody></table>",
            data["text/html"]
        );
        Assert.Contains("PGD", data["text/plain"]);
        Assert.Contains("<th>Mean</th>", Values.Format(frame.GetColumn<double>("PGD"))["text/html"]);
    }

    [Fact]
    public void A_Plotly_chart_is_a_figure_and_a_page_fragment()
    {
        var trace = new Trace("scatter");
        trace.SetProperty("x", new[] { 1, 2 });
        trace.SetProperty("name", "</script>");
        GenericChart chart = GenericChart.ofTraceObject(true, trace);
        MimeBundle data = Values.Format(chart);
        Assert.Equal(["application/vnd.plotly.v1+json", "text/html", "text/plain"], data.Keys);
        Assert.NotNull(data.ToJson()["application/vnd.plotly.v1+json"]!["data"]);
        Assert.Equal(1, data["text/html"].Split("</script>").Length - 1);
    }

    [Fact]
    public void Null_text_and_numbers_are_plain_text() =>
        Assert.Equal(
            ["<null>", "x", "2"],
            new object?[] { null, "x", 2 }.Select(value => Values.Format(value)["text/plain"])
        );
}
