using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RobustInference.Reporting;

/// <summary>The pieces of which Plotly's JSON is made.</summary>
static class PlotlyJson
{
    /// <summary>An object; a property whose value is null is left out.</summary>
    public static JsonObject Object(params ReadOnlySpan<(string Name, object? Value)> properties)
    {
        var made = new JsonObject();
        foreach (var (name, value) in properties)
            made.Set(name, value);
        return made;
    }

    /// <summary>Sets a property to a text, a number, a list or an object; null changes nothing.</summary>
    public static void Set(this JsonObject made, string name, object? value)
    {
        if (value is not null)
            made[name] = value as JsonNode ?? JsonSerializer.SerializeToNode(value, value.GetType());
    }

    /// <summary><paramref name="colour"/>, <c>#rrggbb</c>, seen through.</summary>
    public static string Faded(string colour, double opacity)
    {
        int rgb = Convert.ToInt32(colour[1..], 16);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"rgba({rgb >> 16},{(rgb >> 8) & 255},{rgb & 255},{opacity})"
        );
    }
}
