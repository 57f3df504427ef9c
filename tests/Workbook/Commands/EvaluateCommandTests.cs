using System.Text.Json;
using System.Text.RegularExpressions;
using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Training;
using Tests.RobustInference.Files;
using Tests.RobustInference.Probits;

namespace Tests.Workbook.Commands;

public sealed class EvaluateVerbTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    // Results and trained rules of another run of the tests shall answer for nothing.
    readonly TemporaryFolder root = new();

    public void Dispose()
    {
        root.Dispose();
        folder.Dispose();
    }

    WorkbookProcess.Result Run(params string[] arguments) =>
        WorkbookProcess.Run([("WORKBOOK_ROOT", root.Path)], arguments);

    static string Refused(WorkbookProcess.Result result, params string[] says)
    {
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        string line = Assert.Single(result.Remarks);
        Assert.StartsWith("workbook: ", line);
        Assert.All(says, part => Assert.Contains(part, line));
        return line;
    }

    /// <summary>Test logits and labels alone: six samples, five clients, three classes.</summary>
    string WithoutValidation(string name = "alone.npz")
    {
        string path = folder.File(name);
        var random = new Random(1);
        float[] logits =
        [
            .. Enumerable.Range(0, 90).Select(i => (i % 3 == i / 15 % 3 ? 1.5f : 0) + random.NextSingle()),
        ];
        File.WriteAllBytes(
            path,
            NumpyBytes.Zip([
                ("logits.npy", NumpyBytes.Floats("(6, 5, 3)", logits)),
                ("labels.npy", NumpyBytes.Longs("(6,)", 0, 1, 2, 0, 1, 2)),
            ])
        );
        return path;
    }

    string Trained(int classes = 3, int trim = 2)
    {
        using var network = new DeepSetNetwork(classes, 8, 0);
        string path = folder.File("deepset.safetensors");
        DeepSetFile.Write(path, network, trim);
        return path;
    }

    public static TheoryData<string> Broken =>
        [
            "truncated",
            "empty file",
            "not a zip",
            "flipped bit",
            "no known array",
            "missing labels",
            "integer logits",
            "two axes",
            "no samples",
            "shape that lies",
            "NaN",
            "label too large",
            "row that sums to 0.9",
        ];

    [Theory, MemberData(nameof(Broken))]
    public void A_broken_file_is_one_line_that_names_file_and_place(string name)
    {
        var broken = BrokenProbitFiles.Named(name);
        string path = broken.Write(folder.Path);
        Refused(Run("evaluate", path, "--corrupted", "1", "--json"), [path, .. broken.Says]);
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Half_the_clients_or_more_cannot_be_corrupted() =>
        Refused(Run("evaluate", WithoutValidation(), "--corrupted", "3"), "3 corrupted of 5 clients", "at most 2");

    [Theory]
    [
        InlineData("0,1", "--corrupted is 1, but --corrupted-clients names 2"),
        InlineData("5", "corrupted client 5 is not in 0…4")
    ]
    [
        InlineData("x", "whole numbers joined by commas"),
        InlineData("1,1", "names a number twice"),
        InlineData("-1", "--corrupted-clients")
    ]
    public void Bad_client_indices_are_one_line(string clients, string says) =>
        Refused(Run("evaluate", WithoutValidation(), "--corrupted", "1", "--corrupted-clients", clients), says);

    [Theory]
    [InlineData("-1", "--corrupted is '-1'"), InlineData("one", "--corrupted is 'one'")]
    public void A_bad_number_of_corrupted_clients_is_one_line(string corrupted, string says) =>
        Refused(Run("evaluate", WithoutValidation(), "--corrupted", corrupted), says);

    [Fact]
    public void A_missing_file_or_a_missing_option_is_one_line()
    {
        Refused(Run("evaluate", folder.File("nowhere.npz"), "--corrupted", "1"), "nowhere.npz");
        Refused(Run("evaluate", folder.Path, "--corrupted", "1"), folder.Path);
        Refused(Run("evaluate", WithoutValidation()), "--corrupted");
    }

    [Fact]
    public void A_trained_aggregator_that_does_not_fit_is_one_line()
    {
        string file = WithoutValidation();
        Refused(
            Run("evaluate", file, "--corrupted", "1", "--aggregator", Trained(classes: 4)),
            "deepset.safetensors",
            "4 classes",
            "have 3"
        );
        Refused(
            Run("evaluate", file, "--corrupted", "1", "--aggregator", Trained(trim: 3)),
            "deepset.safetensors",
            "trims 3"
        );
        Refused(Run("evaluate", file, "--corrupted", "1", "--aggregator", file), "alone.npz");
        Refused(
            Run("evaluate", file, "--corrupted", "1", "--aggregator", folder.File("no.safetensors")),
            "no.safetensors"
        );
    }

    static readonly string[] Attacks =
    [
        "Clean",
        "Logit flipping",
        "SIA-bb",
        "LMA",
        "SIA",
        "PGD-cw",
        "Worst case",
        "Pointwise worst case",
        "SIA (authors)",
        "Impersonation",
    ];

    [Fact]
    public void Json_is_one_document_of_tidy_rows_and_what_is_left_out_is_said_once()
    {
        string file = WithoutValidation();
        var result = Run("evaluate", file, "--corrupted", "1", "--corrupted-clients", "3", "--json");
        Assert.Equal(0, result.ExitCode);
        string remark = Assert.Single(result.Remarks);
        Assert.All([file, "CPA", "learned rules", "--aggregator"], part => Assert.Contains(part, remark));
        using var document = JsonDocument.Parse(result.Output);
        var rows = document.RootElement.GetProperty("rows").EnumerateArray().ToArray();
        Assert.All(
            rows,
            row =>
                Assert.Equal(
                    [
                        "dataset",
                        "alpha",
                        "clients",
                        "corrupted",
                        "aggregator",
                        "attack",
                        "accuracy",
                        "std",
                        "seeds",
                        "published",
                        "published_std",
                        "model",
                    ],
                    row.EnumerateObject().Select(property => property.Name)
                )
        );
        Assert.Equal(
            from rule in new[] { "Mean", "CWMed", "GM", "CWTM", "Plurality vote", "Constant" }
            from attack in rule == "GM" ? Attacks : [.. Attacks, "Certified"]
            select (rule, attack),
            rows.Select(row => (row.GetProperty("aggregator").GetString()!, row.GetProperty("attack").GetString()!))
        );
        Assert.All(
            rows,
            row =>
            {
                Assert.Equal(
                    ("alone", 5, 1),
                    (
                        row.GetProperty("dataset").GetString(),
                        row.GetProperty("clients").GetInt32(),
                        row.GetProperty("corrupted").GetInt32()
                    )
                );
                Assert.InRange(row.GetProperty("accuracy").GetDouble(), 0, 1);
                Assert.All(
                    ["alpha", "std", "published", "published_std", "model"],
                    name => Assert.Equal(JsonValueKind.Null, row.GetProperty(name).ValueKind)
                );
                Assert.Equal([0], row.GetProperty("seeds").EnumerateArray().Select(seed => seed.GetInt32()));
            }
        );
    }

    [Fact]
    public void A_trained_aggregator_is_a_row_of_its_own_and_another_trim_is_told()
    {
        var result = Run(
            "evaluate",
            WithoutValidation(),
            "--corrupted",
            "1",
            "--aggregator",
            Trained(trim: 2),
            "--json"
        );
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(2, result.Remarks.Length);
        Assert.Contains("trained for f = 2", result.Error);
        using var document = JsonDocument.Parse(result.Output);
        Assert.Equal(
            Attacks.Length + 1,
            document
                .RootElement.GetProperty("rows")
                .EnumerateArray()
                .Count(row => row.GetProperty("aggregator").GetString() == "DeepSet-TM")
        );
    }

    [Fact]
    public void With_nobody_corrupted_every_figure_is_the_clean_one()
    {
        var result = Run("evaluate", WithoutValidation(), "--corrupted", "0", "--json");
        Assert.Equal(0, result.ExitCode);
        using var document = JsonDocument.Parse(result.Output);
        foreach (
            var rule in document
                .RootElement.GetProperty("rows")
                .EnumerateArray()
                .GroupBy(row => row.GetProperty("aggregator").GetString())
        )
            Assert.Single(rule.Select(row => row.GetProperty("accuracy").GetDouble()).Distinct());
    }

    [Fact]
    public void The_table_for_people_says_who_is_corrupted_and_has_a_row_a_rule()
    {
        var result = Run("evaluate", WithoutValidation(), "--corrupted", "2", "--corrupted-clients", "4,0");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("alone.npz: n = 5, f = 2, corrupted clients 0, 4", result.Output);
        Assert.All(
            ["Mean", "CWMed", "GM", "CWTM", "Worst case", "Pointwise worst case"],
            word => Assert.Contains(word, result.Output)
        );
    }

    [Fact]
    public void The_strong_suite_adds_a_figure_a_rule_never_above_the_six_and_leaves_the_rest_as_it_is()
    {
        string file = WithoutValidation();
        var result = Run("evaluate", file, "--corrupted", "2", "--suite", "strong", "--json");
        Assert.Equal(0, result.ExitCode);
        using JsonDocument strong = JsonDocument.Parse(result.Output),
            paper = JsonDocument.Parse(Run("evaluate", file, "--corrupted", "2", "--suite", "paper", "--json").Output);
        static Dictionary<(string, string), double> Figures(JsonDocument document) =>
            document
                .RootElement.GetProperty("rows")
                .EnumerateArray()
                .ToDictionary(
                    row => (row.GetProperty("aggregator").GetString()!, row.GetProperty("attack").GetString()!),
                    row => row.GetProperty("accuracy").GetDouble()
                );
        Dictionary<(string Aggregator, string Attack), double> more = Figures(strong),
            less = Figures(paper);
        Assert.Equal(more.Where(pair => pair.Key.Attack != "Strong suite"), less);
        foreach (string rule in new[] { "Mean", "CWMed", "GM", "CWTM" })
            Assert.InRange(more[(rule, "Strong suite")], 0, less[(rule, "Pointwise worst case")]);
        Assert.Empty(strong.RootElement.GetProperty("flags").EnumerateArray());
        Assert.Empty(paper.RootElement.GetProperty("flags").EnumerateArray());
        Assert.Contains("Strong suite", Run("evaluate", file, "--corrupted", "2", "--suite", "strong").Output);
        Refused(Run("evaluate", file, "--corrupted", "2", "--suite", "weak"), "weak");
    }

    [Fact]
    public void A_long_path_does_not_break_a_remark_in_two()
    {
        string deep = Directory.CreateDirectory(Path.Combine(folder.Path, new string('d', 120))).FullName,
            file = Path.Combine(deep, "alone.npz");
        File.Copy(WithoutValidation(), file);
        var result = Run("evaluate", file, "--corrupted", "1", "--json");
        Assert.Contains(file, Assert.Single(result.Remarks));
    }

    [Fact]
    public void With_validation_data_what_is_missing_is_trained_and_CPA_is_there()
    {
        // Six samples: trained in a moment.
        string root = this.root.Path,
            file = BrokenProbitFiles.WriteSound(folder.Path);
        var first = WorkbookProcess.Run([("WORKBOOK_ROOT", root)], "evaluate", file, "--corrupted", "1", "--json");
        Assert.Equal(0, first.ExitCode);
        // What is trained is said before, with the file that keeps it.
        Assert.Equal(
            ["DeepSet-TM", "CertifiedDeepSet", "CertifiedVote", "Calibrated CWMed"],
            first
                .Remarks.Where(line => !Regex.IsMatch(line, @"^\S+:\s+\d+ %"))
                .Select(line => Regex.Match(line, @"^Training (.+?) on .*kept in .*safetensors\.$").Groups[1].Value)
        );
        using var document = JsonDocument.Parse(first.Output);
        var rows = document.RootElement.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Contains(
            rows,
            row =>
                row.GetProperty("aggregator").GetString() == "DeepSet-TM"
                && row.GetProperty("attack").GetString() == "CPA"
        );
        // The second time it is read, and nothing else changes.
        Assert.Equal(4, Directory.GetFiles(Path.Combine(root, "artifacts", "aggregators")).Length);
        Assert.Equal(
            first.Output,
            WorkbookProcess.Run([("WORKBOOK_ROOT", root)], "evaluate", file, "--corrupted", "1", "--json").Output
        );
    }

    [Fact]
    public void It_names_the_same_best_rule_as_certify_and_why()
    {
        string file = BrokenProbitFiles.WriteSound(folder.Path);
        using JsonDocument evaluated = JsonDocument.Parse(Run("evaluate", file, "--corrupted", "1", "--json").Output),
            certified = JsonDocument.Parse(
                Run("certify", file, "--corrupted", "1", "--suite", "none", "--json").Output
            );
        Assert.Equal(
            certified.RootElement.GetProperty("best").GetProperty("fixed").GetString(),
            evaluated.RootElement.GetProperty("best").GetString()
        );
        Assert.Equal(
            certified.RootElement.GetProperty("criterion").GetString(),
            evaluated.RootElement.GetProperty("criterion").GetString()
        );
    }
}
