using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.FSharp.Collections;
using Plotly.NET;

namespace RobustInference.Reporting;

/// <summary>Figures as Plotly.NET's charts, to go on with in that library.</summary>
/// <remarks>Apart from <see cref="Figure"/>, so that only who asks for a chart loads Plotly.NET and F#'s
/// library.</remarks>
public static class PlotlyCharts
{
    /// <summary>The figure as a chart of Plotly.NET.</summary>
    public static GenericChart ToPlotly(this Figure figure, Theme? theme = null)
    {
        JsonObject json = JsonNode.Parse(figure.ToPlotlyJson(theme))!.AsObject();
        var traces = json["data"]!
            .AsArray()
            .Select(trace => Filled(new Trace((string)trace!["type"]!), trace.AsObject()));
        return GenericChart.setLayout(
            Filled(new Layout(), json["layout"]!.AsObject()),
            GenericChart.ofTraceObjects(false, ListModule.OfSeq(traces))
        );
    }

    static T Filled<T>(T made, JsonObject json)
        where T : DynamicObj.DynamicObj
    {
        foreach ((string name, JsonNode? value) in json)
            made.SetProperty(name, Value(value));
        return made;
    }

    static object? Value(JsonNode? node) =>
        node switch
        {
            null => null,
            JsonObject json => Filled(new DynamicObj.DynamicObj(), json),
            JsonArray list => list.Select(Value).ToArray(),
            _ => node.GetValueKind() switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                JsonValueKind.String => (string)node!,
                _ => node.GetValue<double>(),
            },
        };
}
