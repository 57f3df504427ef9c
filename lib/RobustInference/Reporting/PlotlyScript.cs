namespace RobustInference.Reporting;

/// <summary>plotly.js as it comes with Plotly.NET: to be embedded once in a page that shows figures interactively without a network.</summary>
public static class PlotlyScript
{
    /// <summary>The script (about 4 MB), to stand in a <c>&lt;script&gt;</c> element before the figures.</summary>
    public static string Read()
    {
        var assembly = typeof(Plotly.NET.GenericChart).Assembly;
        string name = assembly.GetManifestResourceNames().Single(resource => resource.EndsWith(".min.js", StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
