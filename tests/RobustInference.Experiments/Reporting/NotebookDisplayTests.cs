using System.Text.Json.Nodes;
using Microsoft.DotNet.Interactive.Formatting;
using RobustInference.Reporting;

namespace Tests.RobustInference.Reporting;

public class NotebookDisplayTests
{
    [Fact]
    public void A_table_is_shown_as_html_and_text()
    {
        var table = new Table(
            "Title",
            ["a"],
            [
                ["1"],
            ]
        );
        Assert.Equal(["text/html", "text/plain"], Formatter.GetPreferredMimeTypesFor(typeof(Table)));
        Assert.Equal(table.ToHtml(), table.ToDisplayString("text/html"));
        Assert.Equal(table.ToText(), table.ToDisplayString("text/plain"));
    }

    [Fact]
    public void A_figure_is_a_drawing_with_its_title_and_has_a_plotly_form_for_who_asks()
    {
        var figure = Gallery.Lines();
        Assert.Equal(figure.ToSvg(), figure.ToDisplayString("image/svg+xml"));
        Assert.Equal(figure.Title, figure.ToDisplayString("text/plain"));
        Assert.NotNull(JsonNode.Parse(figure.ToDisplayString("application/vnd.plotly.v1+json"))!["data"]);
    }

    [Fact]
    public void A_drawing_is_shown_as_svg()
    {
        Assert.Equal(["image/svg+xml", "text/plain"], Formatter.GetPreferredMimeTypesFor(typeof(Drawing)));
        Assert.StartsWith("<svg", SettingDrawing.Draw().ToDisplayString("image/svg+xml"));
    }
}
