using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RobustInference.Files;

/// <summary>JSON of any type, found by reflection also where the program's settings switch that off: a file-based
/// program (<c>dotnet run one.cs</c>) does so unless told otherwise.</summary>
public static class ReflectedJson
{
    /// <summary>On one line.</summary>
    public static JsonSerializerOptions Compact { get; } =
        new() { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    /// <summary>A property a line.</summary>
    public static JsonSerializerOptions Indented { get; } = new(Compact) { WriteIndented = true };
}
