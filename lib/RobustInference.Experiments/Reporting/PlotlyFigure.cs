using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace RobustInference.Reporting;

/// <summary>A <see cref="Figure"/> for Plotly: the same panels, colours and ticks as in the static drawing.</summary>
/// <remarks>Written as JSON and not by Plotly.NET: showing a figure must not load a second FSharp.Core beside the one
/// that a notebook's host has. <see cref="PlotlyCharts"/> makes a Plotly.NET chart for whoever asks for one.</remarks>
static class PlotlyFigure
{
    // Greek letters and signs stay readable in a notebook's file; the HTML fragment takes care of markup itself.
    static readonly JsonSerializerOptions AsTheyAre = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Json(Figure figure, Theme theme)
    {
        var colours = figure.Legend().ToDictionary(entry => entry.Name, entry => entry.Colour);
        var shown = new HashSet<string>();
        var traces = new JsonArray();
        for (int p = 0; p < figure.Panels.Count; p++)
            foreach (
                JsonObject trace in PlotlyTraces.Of(
                    figure.Panels[p],
                    PlotlyLayout.Suffix(p),
                    theme,
                    name => colours[name],
                    shown.Add,
                    PlotlyLayout.Place(figure, p)
                )
            )
                traces.Add((JsonNode)trace);
        return PlotlyJson
            .Object(
                ("data", traces),
                ("layout", PlotlyLayout.Of(figure, theme)),
                ("config", PlotlyJson.Object(("responsive", true), ("displaylogo", false)))
            )
            .ToJsonString(AsTheyAre);
    }

    /// <summary>The static drawing in a box; where the page has Plotly, the interactive one takes its place.</summary>
    public static string Html(Figure figure, Theme theme)
    {
        string json = Json(figure, theme).Replace("</", "<\\/"),
            drawing = figure.ToSvg(theme);
        string id =
            "figure-"
            + Convert.ToHexStringLower(
                System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(json))[..6]
            );
        return $$"""
            <div class="ri-figure" id="{{id}}" style="max-width:{{figure.Width}}px">{{drawing}}</div>
            <script>
            (function () {
              var boxes = document.querySelectorAll("#{{id}}"), box = boxes[boxes.length - 1];
              if (!window.Plotly || !box) return;
              var figure = {{json}};
              box.textContent = "";
              window.Plotly.newPlot(box, figure.data, figure.layout, figure.config);
            })();
            </script>

            """;
    }
}
