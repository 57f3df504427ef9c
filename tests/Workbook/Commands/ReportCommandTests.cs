using System.Text.Json;

namespace Tests.Workbook.Commands;

public sealed class ReportVerbTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    // Results of another run of the tests shall answer for nothing.
    readonly TemporaryFolder root = new();

    public void Dispose()
    {
        root.Dispose();
        folder.Dispose();
    }

    WorkbookProcess.Result Run(params string[] arguments) =>
        WorkbookProcess.Run([("WORKBOOK_ROOT", root.Path)], arguments);

    string Answers()
    {
        var random = new Random(1);
        string[] clients = ["north", "south", "east", "<west>", "centre"],
            classes = ["cat", "dog", "bird"];
        var lines = new List<string>
        {
            "label," + string.Join(',', clients.SelectMany(client => classes.Select(name => $"{client}_{name}"))),
        };
        for (int s = 0; s < 60; s++)
        {
            int label = s % 3;
            lines.Add(
                classes[label]
                    + string.Concat(
                        clients.Select(_ =>
                        {
                            double own = 0.34 + 0.5 * random.NextDouble(),
                                rest = (1 - own) / 2;
                            return string.Concat(
                                Enumerable
                                    .Range(0, 3)
                                    .Select(k => FormattableString.Invariant($",{(k == label ? own : rest):F6}"))
                            );
                        })
                    )
            );
        }
        string path = folder.File("answers.csv");
        File.WriteAllLines(path, lines);
        return path;
    }

    [Fact]
    public void A_page_needs_nothing_beside_it_and_begins_with_the_verdict()
    {
        string page = folder.File("report.html");
        var result = Run(
            "report",
            Answers(),
            "--corrupted",
            "1,2",
            "--split",
            "0.5",
            "--attacked",
            "10",
            "--out",
            page
        );
        Assert.True(result.ExitCode == 0, result.Error);
        string verdict = result.Output.Split('\n')[0];
        Assert.StartsWith("One of 5 clients can take the mean from ", verdict);
        string html = File.ReadAllText(page);
        Assert.Contains("default-src 'none'", html);
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("src=\"http", html);
        Assert.DoesNotContain("<west>", html);
        Assert.Contains("&lt;west&gt;", html);
        Assert.Contains(System.Net.WebUtility.HtmlEncode(verdict), html);
        Assert.Contains("aggregator export", html);
        Assert.Contains("split off", html);
        Assert.All(
            ["Which rule", "Which classes", "Which clients", "Into production"],
            heading => Assert.Contains($"<h2>{heading}</h2>", html)
        );
    }

    [Fact]
    public void Json_has_the_same_facts_and_writes_no_page()
    {
        var result = Run("report", Answers(), "--corrupted", "2", "--train", "none", "--attacked", "0", "--json");
        Assert.True(result.ExitCode == 0, result.Error);
        using var document = JsonDocument.Parse(result.Output);
        var facts = document.RootElement;
        Assert.Contains("can take the mean", facts.GetProperty("verdict").GetString());
        Assert.Equal([2], facts.GetProperty("corrupted").EnumerateArray().Select(f => f.GetInt32()));
        Assert.Equal(60, facts.GetProperty("samples").GetInt32());
        Assert.NotEqual("unknown", facts.GetProperty("version").GetString());
        Assert.Equal(
            ["north", "south", "east", "<west>", "centre"],
            facts.GetProperty("per_client").EnumerateArray().Select(client => client.GetProperty("name").GetString()!)
        );
        Assert.Equal(10, facts.GetProperty("sets")[0].GetProperty("count").GetInt32());
        Assert.Empty(Directory.GetFiles(folder.Path, "*.html"));
    }

    [Fact]
    public void What_is_suspicious_is_said_once_and_strict_ends_the_work()
    {
        var said = Run("inspect", Answers(), "--json");
        Assert.Equal(0, said.ExitCode);
        string line = Assert.Single(
            said.Error.TrimEnd('\n').Split('\n'),
            line => line.StartsWith("Suspicious: ", StringComparison.Ordinal)
        );
        Assert.Contains("test samples: only 60", line);
        using var document = JsonDocument.Parse(said.Output);
        Assert.Equal("few samples", document.RootElement.GetProperty("findings")[0].GetProperty("check").GetString());
        var strict = Run("inspect", Answers(), "--strict");
        Assert.Equal((2, ""), (strict.ExitCode, strict.Output));
        Assert.StartsWith("workbook: ", strict.Error.TrimEnd('\n').Split('\n')[^1]);
    }

    [Fact]
    public void A_number_of_liars_that_cannot_be_or_a_folder_for_a_page_is_one_line()
    {
        foreach (
            string[] arguments in new[] { ["--corrupted", "3"], new[] { "--corrupted", "1", "--out", folder.Path } }
        )
        {
            var result = Run(["report", Answers(), .. arguments]);
            Assert.Equal((2, ""), (result.ExitCode, result.Output));
            Assert.Single(result.Error.Split('\n'), line => line.StartsWith("workbook: ", StringComparison.Ordinal));
        }
    }
}
