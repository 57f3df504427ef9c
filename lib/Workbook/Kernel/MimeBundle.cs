using System.Text.Json.Nodes;
using Microsoft.DotNet.Interactive.Formatting;

namespace Workbook.Kernel;

/// <summary>One output in several forms, keyed by MIME type; a front end shows the form it knows best.</summary>
public sealed class MimeBundle : Dictionary<string, string>
{
    /// <summary>An empty bundle.</summary>
    public MimeBundle()
        : base(StringComparer.Ordinal) { }

    /// <summary>A bundle of one form.</summary>
    public MimeBundle(string mimeType, string content)
        : this() => this[mimeType] = content;

    /// <summary>Whether contents of that type are JSON values in messages and notebooks, and not strings.</summary>
    public static bool IsJson(string mimeType) =>
        mimeType.EndsWith("+json", StringComparison.Ordinal) || mimeType == "application/json";

    /// <summary>The bundle as the engine passes it on.</summary>
    internal IReadOnlyList<FormattedValue> Forms() =>
        [.. this.Select(form => new FormattedValue(form.Key, form.Value))];

    /// <summary>The bundle as a message's or notebook's <c>data</c>.</summary>
    public JsonObject ToJson()
    {
        var data = new JsonObject();
        foreach ((string mimeType, string content) in this)
            data[mimeType] = IsJson(mimeType) ? JsonNode.Parse(content) : content;
        return data;
    }
}
