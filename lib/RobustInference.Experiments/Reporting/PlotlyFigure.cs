using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.FSharp.Collections;
using Plotly.NET;

namespace RobustInference.Reporting;

/// <summary>A <see cref="Figure"/> for Plotly: the same panels, colours and ticks as in the static drawing, made by
/// Plotly.NET.</summary>
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
        var traces = new List<Trace>();
        var layout = PlotlyLayout.Of(figure, theme);
        var colours = figure.Legend().ToDictionary(entry => entry.Name, entry => entry.Colour);
        var shown = new HashSet<string>();
        for (int p = 0; p < figure.Panels.Count; p++)
            traces.AddRange(
                PlotlyTraces.Of(
                    figure.Panels[p],
                    PlotlyLayout.Suffix(p),
                    theme,
                    name => colours[name],
                    shown.Add,
                    PlotlyLayout.Place(figure, p)
                )
            );

        var chart = GenericChart.setLayout(layout, GenericChart.ofTraceObjects(false, ListModule.OfSeq(traces)));
        var json = JsonNode.Parse(GenericChart.toFigureJson(chart))!.AsObject();
        json.Remove("frames");
        // Plotly.NET leaves it out of a figure
        json["config"] = new JsonObject { ["responsive"] = true, ["displaylogo"] = false };
        return json.ToJsonString(AsTheyAre);
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

    /// <summary>A nested object of Plotly's.</summary>
    public static DynamicObj.DynamicObj Object(params (string Name, object? Value)[] properties)
    {
        var made = new DynamicObj.DynamicObj();
        foreach (var (name, value) in properties)
            if (value is not null)
                made.SetProperty(name, value);
        return made;
    }

    /// <summary><paramref name="colour"/>, <c>#rrggbb</c>, seen through.</summary>
    public static string Faded(string colour, double opacity)
    {
        int rgb = Convert.ToInt32(colour[1..], 16);
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"rgba({rgb >> 16},{(rgb >> 8) & 255},{rgb & 255},{opacity})"
        );
    }
}
