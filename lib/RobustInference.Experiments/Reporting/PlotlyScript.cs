using System.Reflection;
using System.Text.RegularExpressions;

namespace RobustInference.Reporting;

/// <summary>plotly.js as it comes with Plotly.NET: to be embedded once in a page that shows figures interactively
/// without a network.</summary>
public static partial class PlotlyScript
{
    static readonly Assembly Package = typeof(Plotly.NET.GenericChart).Assembly;
    static readonly string Resource = Package.GetManifestResourceNames().Single(name => Name.IsMatch(name));

    /// <summary>Such as <c>2.28.0</c>.</summary>
    public static string Version => Name.Match(Resource).Groups[1].Value;

    /// <summary>The script (about 4 MB), to stand in a <c>&lt;script&gt;</c> element before the figures.</summary>
    public static string Read()
    {
        using var reader = new StreamReader(Package.GetManifestResourceStream(Resource)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"plotly-(\d+\.\d+\.\d+)\.min\.js$")]
    private static partial Regex Name { get; }
}
