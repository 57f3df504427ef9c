using System.Text.Json;
using System.Text.Json.Serialization;

namespace RobustInference.Catalogue;

/// <summary>A name with settings whose type a catalogue knows, as JSON: <c>"CWTM"</c> or <c>{"name": "PGD-cw",
/// "settings": {"steps": 100}}</c>; always the second form when written.</summary>
abstract class SettingConverter<T> : JsonConverter<T>
{
    protected abstract T Of(string name, object? settings);

    protected abstract (string Name, object? Settings) Parts(T value);

    /// <summary>Whether the catalogue has the name. A recorded result may name what was a user's own: it is read with
    /// its settings as they stand.</summary>
    protected abstract bool IsKnown(string name);

    /// <summary>Null for a name without settings.</summary>
    protected abstract Type? SettingsOf(string name);

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.String)
            return Known(root.GetString()!, null);
        if (
            root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("name", out var name)
            || name.ValueKind != JsonValueKind.String
        )
            throw new JsonException("wanted a name, or an object with a name");
        if (
            root.EnumerateObject().FirstOrDefault(property => property.Name is not ("name" or "settings")) is
            { Value.ValueKind: not JsonValueKind.Undefined } other
        )
            throw new JsonException($"'{other.Name}' is not known here; there are name and settings");
        return Known(
            name.GetString()!,
            root.TryGetProperty("settings", out var settings) && settings.ValueKind != JsonValueKind.Null
                ? settings
                : null
        );

        T Known(string name, JsonElement? settings)
        {
            if (settings is not { } given)
                return Of(name, null);
            if (!IsKnown(name))
                return Of(name, given.Clone());
            return Of(
                name,
                given.Deserialize(SettingsOf(name) ?? throw new JsonException($"{name} has no settings"), options)
            );
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        var (name, settings) = Parts(value);
        writer.WriteStartObject();
        writer.WriteString("name", name);
        if (settings is not null)
        {
            writer.WritePropertyName("settings");
            JsonSerializer.Serialize(writer, settings, settings.GetType(), options);
        }
        writer.WriteEndObject();
    }
}
