using System.Text.Json;
using System.Text.RegularExpressions;
using RobustInference.Results;

namespace Tests.RobustInference;

/// <summary>Everything that others made has a line in THIRD-PARTY.md with its licence and where it is from.</summary>
public partial class ThirdPartyTests
{
    static readonly string Root = WorkbookFolder.Root;

    static readonly string[][] Rows =
    [
        .. File.ReadLines(Path.Combine(Root, "THIRD-PARTY.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)),
    ];

    // The last table, under its head and rule.
    static readonly Dictionary<string, string[]> Packages = Rows.SkipWhile(row => row[0] != "packages")
        .Skip(1)
        .SelectMany(row => row[0].Split(", ").Select(name => (name, row)))
        .ToDictionary(pair => pair.name, pair => pair.row, StringComparer.OrdinalIgnoreCase);

    static IEnumerable<string> LockFiles =>
        new[] { "lib", "tests" }.SelectMany(folder =>
            Directory.EnumerateFiles(Path.Combine(Root, folder), "packages.lock.json", SearchOption.AllDirectories)
        );

    static IEnumerable<(string Name, string Version)> Restored =>
        from file in LockFiles
        from framework in JsonDocument
            .Parse(File.ReadAllText(file))
            .RootElement.GetProperty("dependencies")
            .EnumerateObject()
        from package in framework.Value.EnumerateObject()
        where package.Value.GetProperty("type").GetString() != "Project"
        select (package.Name, package.Value.GetProperty("resolved").GetString()!);

    [Fact]
    public void Every_row_says_a_licence_and_a_place() =>
        Assert.All(Rows, row => Assert.All(row, cell => Assert.NotEqual("", cell)));

    [Fact]
    public void Every_package_that_is_pinned_or_restored_is_named()
    {
        var pinned = Pinned()
            .Matches(File.ReadAllText(Path.Combine(Root, "Directory.Packages.props")))
            .Select(match => match.Groups[1].Value);
        string[] all = [.. Restored.Select(package => package.Name).Concat(pinned).Distinct()];
        Assert.True(all.Length > 50);
        Assert.All(all, name => Assert.Contains(name, Packages.Keys, StringComparer.OrdinalIgnoreCase));
        Assert.All(Packages.Values, row => Assert.StartsWith("https://", row[2]));
    }

    [Fact]
    public void A_licence_is_the_one_that_the_package_names()
    {
        string cache =
            Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        int compared = 0;
        foreach (var (name, version) in Restored.Distinct())
        {
            string id = name.ToLowerInvariant(),
                nuspec = Path.Combine(cache, id, version, id + ".nuspec");
            if (File.Exists(nuspec) && Expression().Match(File.ReadAllText(nuspec)) is { Success: true } licence)
            {
                Assert.Equal((name, licence.Groups[1].Value), (name, Packages[name][1]));
                compared++;
            }
        }
        Assert.True(compared > 0 || !Directory.Exists(cache), $"no package is in {cache}");
    }

    [Fact]
    public void Every_file_that_others_made_is_named_and_is_there()
    {
        string[] named =
        [
            .. Rows.Where(row => row.Length == 4).Select(row => row[0].Trim('`')).Where(p => p != "files"),
        ];
        Assert.All(named, path => Assert.True(Path.Exists(Path.Combine(Root, path)), path));
        string[] found =
        [
            .. new[] { "*.min.js", "*.ttf", "*.woff*", "*.proto" }.SelectMany(pattern =>
                Directory.EnumerateFiles(Path.Combine(Root, "lib"), pattern, SearchOption.AllDirectories)
            ),
            .. Directory.EnumerateFiles(Path.Combine(Root, "lib", "RobustInference", "Clients", "Unicode")),
            .. Directory
                .EnumerateDirectories(Path.Combine(Root, "data"))
                .Where(folder => Path.GetFileName(folder) is not ("cache" or "results")),
        ];
        Assert.All(
            found
                .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
                .Where(path => !path.Contains("/obj/")),
            path => Assert.Contains(path, named)
        );
    }

    [Fact]
    public void Every_project_has_a_lock_file() =>
        Assert.All(
            new[] { "lib", "tests" }.SelectMany(folder =>
                Directory.EnumerateFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories)
            ),
            project =>
                Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json")), project)
        );

    [GeneratedRegex("PackageVersion Include=\"([^\"]+)\"")]
    private static partial Regex Pinned();

    [GeneratedRegex("<license type=\"expression\"[^>]*>([^<]+)<")]
    private static partial Regex Expression();
}
