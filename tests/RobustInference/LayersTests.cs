using System.Text.RegularExpressions;
using RobustInference.Results;

namespace Tests.RobustInference;

/// <summary>The architecture that the README names: a folder is a namespace and uses those below it, never those
/// above.</summary>
public partial class LayersTests
{
    static readonly string[] Experiments = ["Paper", "Assessment", "Running", "Tabular", "Results", "Reporting"];

    static readonly string[] Core =
    [
        "Catalogue",
        "Training",
        "Evaluation",
        "Attacks",
        "Aggregators",
        "Certificates",
        "Clients",
        "Inputs",
        "Probits",
        "Networks",
        "Devices",
        "Files",
        "Numerics",
    ];

    static readonly string[] TopToBottom = [.. Experiments, .. Core];

    static string Library => Path.Combine(WorkbookFolder.Root, "lib");

    [Fact]
    public void Every_folder_of_the_library_has_its_place()
    {
        Assert.Equal(Core.Order(), Folders("RobustInference"));
        Assert.Equal(Experiments.Order(), Folders("RobustInference.Experiments"));
    }

    [Fact]
    public void Dependencies_point_down()
    {
        var upward =
            from assembly in new[] { "RobustInference", "RobustInference.Experiments" }
            from file in Directory.EnumerateFiles(Path.Combine(Library, assembly), "*.cs", SearchOption.AllDirectories)
            let folder = Path.GetRelativePath(Path.Combine(Library, assembly), file).Split(Path.DirectorySeparatorChar)[
                0
            ]
            let own = Array.IndexOf(TopToBottom, folder)
            where own >= 0
            from Match match in Using().Matches(File.ReadAllText(file))
            let used = Array.IndexOf(TopToBottom, match.Groups[1].Value)
            where used >= 0 && used < own
            select $"{Path.GetRelativePath(Library, file)} uses {match.Groups[1].Value}";
        Assert.Empty(upward);
    }

    [Fact]
    public void A_user_of_the_core_takes_no_tables_or_databases_along()
    {
        string[] taken =
        [
            .. typeof(global::RobustInference.Aggregators.Aggregator)
                .Assembly.GetReferencedAssemblies()
                .Select(name => name.Name!),
        ];
        Assert.DoesNotContain(taken, name => name.StartsWith("DuckDB") || name.StartsWith("Deedle"));
        Assert.DoesNotContain(taken, name => name.StartsWith("Plotly") || name.StartsWith("ScottPlot"));
        Assert.DoesNotContain("Microsoft.Data.Analysis", taken);
    }

    /// <summary>CSharpier keeps code within the width of <c>.editorconfig</c>; strings and comments it leaves
    /// alone.</summary>
    [Fact]
    public void No_line_is_longer_than_120_columns() =>
        Assert.Empty(
            from folder in new[] { "lib", "tests", "samples" }
            from file in Directory.EnumerateFiles(
                Path.Combine(WorkbookFolder.Root, folder),
                "*.cs",
                SearchOption.AllDirectories
            )
            where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}")
            from line in File.ReadLines(file).Select((text, index) => (text, Number: index + 1))
            where line.text.EnumerateRunes().Count() > 120
            select $"{Path.GetRelativePath(WorkbookFolder.Root, file)}, line {line.Number}"
        );

    /// <summary>"F1" and "0.0" round ties apart (0.6515 is 65.1 by one and 65.2 by the other), so that one figure would
    /// be printed in two ways: percentages have the second, as tables do.</summary>
    [Fact]
    public void Percentages_are_rounded_in_one_way() =>
        Assert.Empty(
            from file in Directory.EnumerateFiles(
                Path.Combine(WorkbookFolder.Root, "lib"),
                "*.cs",
                SearchOption.AllDirectories
            )
            where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}")
            from line in File.ReadLines(file).Select((text, index) => (text, Number: index + 1))
            where OtherPercentage().IsMatch(line.text)
            select $"{Path.GetRelativePath(WorkbookFolder.Root, file)}, line {line.Number}"
        );

    static IEnumerable<string> Folders(string assembly) =>
        Directory
            .GetDirectories(Path.Combine(Library, assembly))
            .Select(folder => Path.GetFileName(folder))
            .Where(name => name is not ("obj" or "bin" or "build"))
            .Order();

    [GeneratedRegex(@"\{100(\.0)? \* [^{}]*:[FfNn][1-9]")]
    private static partial Regex OtherPercentage();

    [GeneratedRegex(@"\bRobustInference\.([A-Z]\w+)")]
    private static partial Regex Using();
}
