using System.Reflection;
using System.Text.RegularExpressions;

namespace Workbook.Kernel;

/// <summary>plotly.js, which comes with Plotly.NET as a resource.</summary>
static partial class PlotlyScript
{
    static readonly Assembly Package = typeof(Plotly.NET.GenericChart).Assembly;
    static readonly string Resource = Package.GetManifestResourceNames().Single(name => Name.IsMatch(name));

    /// <summary>Such as <c>2.28.0</c>.</summary>
    public static string Version => Name.Match(Resource).Groups[1].Value;

    /// <summary>The script's text.</summary>
    public static string Text()
    {
        using var reader = new StreamReader(Package.GetManifestResourceStream(Resource)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"plotly-(\d+\.\d+\.\d+)\.min\.js$")]
    private static partial Regex Name { get; }
}
