using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace RobustInference.Results;

/// <summary>How cells and results are written: snake_case, enums by name, every field of a record in its order, so that
/// equal records give equal bytes.</summary>
static class ResultJson
{
    const int Depth = 12;

    /// <summary>For recorded results: an unknown, doubled or missing field is an error.</summary>
    public static JsonSerializerOptions Strict { get; } = Options(strict: true);

    /// <summary>For what people write: a missing field has its default, an unknown one is an error.</summary>
    public static JsonSerializerOptions Lenient { get; } = Options(strict: false);

    /// <summary>As <see cref="Strict"/> on one line: how files of results are written.</summary>
    public static JsonSerializerOptions Compact { get; } = new(Strict) { WriteIndented = false };

    static JsonSerializerOptions Options(bool strict) =>
        new()
        {
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = strict,
            AllowDuplicateProperties = false,
            AllowTrailingCommas = !strict,
            ReadCommentHandling = strict ? JsonCommentHandling.Disallow : JsonCommentHandling.Skip,
            WriteIndented = true,
            NewLine = "\n",
            MaxDepth = Depth,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        };
}
