using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tests.Packaging;

/// <summary>What is wrong with a devcontainer.json, by the rules of the specification's base schema for the properties
/// that are used here.</summary>
/// <remarks>No package carries that schema (<c>devContainer.base.schema.json</c> of devcontainers/spec; the tool
/// <c>@devcontainers/cli</c> has none in it), so its rules are written down here: a property that is not in this table
/// is a fault until its rule is added.</remarks>
static partial class DevcontainerProperties
{
    static readonly Dictionary<string, Func<JsonElement, bool>> Known = new()
    {
        ["name"] = IsText,
        ["image"] = IsText,
        ["features"] = IsObject(feature => IsText(feature) || IsTruth(feature) || IsObject(_ => true)(feature)),
        ["hostRequirements"] = IsRequirements,
        ["runArgs"] = IsTexts,
        ["postCreateCommand"] = command => IsText(command) || IsTexts(command) || IsObject(IsTextOrTexts)(command),
        ["containerEnv"] = IsObject(IsText),
        ["forwardPorts"] = IsArray(port => port.ValueKind == JsonValueKind.Number || IsText(port)),
        ["customizations"] = IsObject(_ => true),
    };

    static readonly Dictionary<string, Func<JsonElement, bool>> Requirements = new()
    {
        ["cpus"] = IsCount,
        ["memory"] = IsSize,
        ["storage"] = IsSize,
        ["gpu"] = gpu =>
            IsTruth(gpu)
            || IsText(gpu) && gpu.GetString() == "optional"
            || gpu.ValueKind == JsonValueKind.Object
                && gpu.EnumerateObject()
                    .All(part =>
                        part.Name == "cores" ? IsCount(part.Value) : part.Name == "memory" && IsSize(part.Value)
                    ),
    };

    /// <summary>A line for every fault.</summary>
    public static IReadOnlyList<string> Faults(JsonElement file)
    {
        if (file.ValueKind != JsonValueKind.Object)
            return ["is no object"];
        var faults = new List<string>();
        foreach (var property in file.EnumerateObject())
            if (!Known.TryGetValue(property.Name, out var isRight))
                faults.Add($"has '{property.Name}', which is not known");
            else if (!isRight(property.Value))
                faults.Add($"has a wrong value in '{property.Name}'");
        // One of an image, a Dockerfile and a compose file; here it is an image.
        if (!file.TryGetProperty("image", out _))
            faults.Add("has no 'image'");
        return faults;
    }

    static bool IsRequirements(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object
        && value
            .EnumerateObject()
            .All(part => Requirements.TryGetValue(part.Name, out var isRight) && isRight(part.Value));

    static bool IsText(JsonElement value) => value.ValueKind == JsonValueKind.String;

    static bool IsTruth(JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False;

    static bool IsCount(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int count) && count >= 1;

    static bool IsSize(JsonElement value) => IsText(value) && Size().IsMatch(value.GetString()!);

    static bool IsTexts(JsonElement value) => IsArray(IsText)(value);

    static bool IsTextOrTexts(JsonElement value) => IsText(value) || IsTexts(value);

    static Func<JsonElement, bool> IsArray(Func<JsonElement, bool> item) =>
        value => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item);

    static Func<JsonElement, bool> IsObject(Func<JsonElement, bool> item) =>
        value =>
            value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(property => item(property.Value));

    [GeneratedRegex(@"^\d+([tgmk]b)?$")]
    private static partial Regex Size();
}
