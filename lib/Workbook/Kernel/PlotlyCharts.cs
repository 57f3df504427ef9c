using System.Text.Json.Nodes;
using Microsoft.DotNet.Interactive.Formatting;
using Plotly.NET;
using RobustInference.Reporting;

namespace Workbook.Kernel;

/// <summary>How Plotly.NET's charts are shown: as a figure for front ends that draw Plotly, and as a page fragment for
/// those that do not.</summary>
static class PlotlyCharts
{
    public const string MimeType = "application/vnd.plotly.v1+json";

    public static void Register()
    {
        Formatter.SetPreferredMimeTypesFor(typeof(GenericChart), MimeType, "text/html");
        Formatter.Register<GenericChart>((chart, writer) => writer.Write(GenericChart.toFigureJson(chart)), MimeType);
        Formatter.Register<GenericChart>(WriteHtml, "text/html");
        Formatter.Register<GenericChart>((_, writer) => writer.Write("Plotly.NET chart"), "text/plain");
    }

    // A page that already has plotly.js draws at once; only a page without it asks its network. Exported pages embed
    // the script.
    static void WriteHtml(GenericChart chart, TextWriter writer)
    {
        JsonObject figure = JsonNode.Parse(GenericChart.toFigureJson(chart))!.AsObject();
        string id = "plotly-" + Guid.NewGuid().ToString("N"),
            data = Literal(figure["data"]),
            layout = Literal(figure["layout"]),
            config = Literal(figure["config"]);
        writer.Write(
            $$"""
            <div id="{{id}}"></div>
            <script>
            (function () {
              const draw = () => Plotly.newPlot("{{id}}", {{data}}, {{layout}}, {{config}});
              if (window.Plotly) return draw();
              const script = document.createElement("script");
              script.src = "https://cdn.plot.ly/plotly-{{PlotlyScript.Version}}.min.js";
              script.onload = draw;
              document.head.appendChild(script);
            })();
            </script>
            """
        );
    }

    static string Literal(JsonNode? node) =>
        (node?.ToJsonString() ?? "{}").Replace("</", "<\\/", StringComparison.Ordinal);
}
