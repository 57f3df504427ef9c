using System.Text.RegularExpressions;

namespace Tests.RobustInference;

/// <summary>The architecture that the README names: a folder is a namespace and uses those below it, never those
/// above.</summary>
public partial class LayersTests
{
    static readonly string[] TopToBottom =
    [
        "Experiments",
        "Reporting",
        "Training",
        "Evaluation",
        "Certificates",
        "Attacks",
        "Aggregators",
        "Clients",
        "Probits",
        "Files",
        "Numerics",
    ];

    static string Library =>
        Path.Combine(global::RobustInference.Experiments.WorkbookFolder.Root, "lib", "RobustInference");

    [Fact]
    public void Every_folder_of_the_library_has_its_place() =>
        Assert.Equal(
            TopToBottom.Order(),
            Directory
                .GetDirectories(Library)
                .Select(Path.GetFileName)
                .Where(name => name is not ("obj" or "bin"))
                .Order()
        );

    [Fact]
    public void Dependencies_point_down()
    {
        var upward =
            from file in Directory.EnumerateFiles(Library, "*.cs", SearchOption.AllDirectories)
            let own = Array.IndexOf(
                TopToBottom,
                Path.GetRelativePath(Library, file).Split(Path.DirectorySeparatorChar)[0]
            )
            from Match match in Using().Matches(File.ReadAllText(file))
            where Array.IndexOf(TopToBottom, match.Groups[1].Value) < own
            select $"{Path.GetRelativePath(Library, file)} uses {match.Groups[1].Value}";
        Assert.Empty(upward);
    }

    [GeneratedRegex(@"\bRobustInference\.([A-Z]\w+)")]
    private static partial Regex Using();
}
