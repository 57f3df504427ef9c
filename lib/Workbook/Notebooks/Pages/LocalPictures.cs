using System.Net;
using System.Text.RegularExpressions;

namespace Workbook.Notebooks.Pages;

/// <summary>Takes the pictures that a text names by relative paths into the page.</summary>
static partial class LocalPictures
{
    static readonly Dictionary<string, string> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".gif"] = "image/gif",
        [".webp"] = "image/webp",
    };

    public static string TakeIn(string html, string folder) =>
        Source.Replace(
            html,
            match =>
            {
                string path = Path.Combine(
                    folder,
                    Uri.UnescapeDataString(WebUtility.HtmlDecode(match.Groups[2].Value))
                );
                return Types.TryGetValue(Path.GetExtension(path), out string? type) && File.Exists(path)
                    ? $"{match.Groups[1].Value}data:{type};base64,{Convert.ToBase64String(File.ReadAllBytes(path))}\""
                    : match.Value;
            }
        );

    [GeneratedRegex("(<img [^>]*src=\")(?![a-z]+:)([^\"]+)\"")]
    private static partial Regex Source { get; }
}
