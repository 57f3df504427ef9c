using System.Text.Json;
using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Training;
using Tests.RobustInference.Files;
using Tests.RobustInference.Probits;

namespace Tests.Workbook.Commands;

public sealed class CertifyVerbTests : IDisposable
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

    static void Refused(WorkbookProcess.Result result, params string[] says)
    {
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        string line = Assert.Single(result.Remarks);
        Assert.StartsWith("workbook: ", line);
        Assert.All(says, part => Assert.Contains(part, line));
    }

    /// <summary>Test logits and labels alone: six samples, five clients, three classes.</summary>
    string WithoutValidation()
    {
        string path = folder.File("alone.npz");
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

    [Fact]
    public void Json_is_one_document_of_rows_coverage_and_curve()
    {
        string file = WithoutValidation();
        var result = Run("certify", file, "--corrupted", "1", "--corrupted-clients", "3", "--suite", "none", "--json");
        Assert.Equal(0, result.ExitCode);
        string remark = Assert.Single(result.Remarks);
        Assert.All([file, "Constant", "learned rules", "--aggregator"], part => Assert.Contains(part, remark));
        using var document = JsonDocument.Parse(result.Output);
        var rows = document.RootElement.GetProperty("rows").EnumerateArray().ToArray();
        Assert.All(
            rows,
            row =>
                Assert.Equal(
                    ["aggregator", "threat", "corrupted", "clean", "paper_bound", "certified", "strong"],
                    row.EnumerateObject().Select(property => property.Name)
                )
        );
        Assert.Equal(
            from rule in new[] { "Mean", "CWMed", "GM", "CWTM", "Plurality vote", "Constant" }
            from threat in new[] { "fixed", "any" }
            select (rule, threat),
            rows.Select(row => (row.GetProperty("aggregator").GetString()!, row.GetProperty("threat").GetString()!))
        );
        Assert.All(
            rows,
            row =>
            {
                Assert.Equal(1, row.GetProperty("corrupted").GetInt32());
                Assert.InRange(row.GetProperty("clean").GetDouble(), 0, 1);
                Assert.Equal(
                    row.GetProperty("aggregator").GetString() == "GM",
                    row.GetProperty("certified").ValueKind == JsonValueKind.Null
                );
            }
        );
        Assert.Equal(5 * 2 * 3, document.RootElement.GetProperty("classes").GetArrayLength());
        Assert.Equal(5 * 2 * 3, document.RootElement.GetProperty("curve").GetArrayLength());
    }

    [Fact]
    public void Tables_for_people_name_the_set_the_classes_and_the_curve()
    {
        string radii = folder.File("radii.csv");
        var result = Run(
            "certify",
            WithoutValidation(),
            "--corrupted",
            "2",
            "--corrupted-clients",
            "4,0",
            "--suite",
            "none",
            "--radius-csv",
            radii
        );
        Assert.Equal(0, result.ExitCode);
        Assert.All(
            [
                "alone.npz: n = 5, f = 2, fixed set 0, 4",
                "Paper's bound",
                "Plurality vote",
                "Certified samples of each class",
                "covers 1 of 3 classes only",
                "f = 2",
            ],
            word => Assert.Contains(word, result.Output)
        );
        Assert.Equal(1 + 5 * 6, File.ReadAllLines(radii).Length);
    }

    [Fact]
    public void A_trained_aggregator_is_given_or_trained_where_there_is_validation_data()
    {
        using var network = new DeepSetNetwork(3, 8, 0);
        string trained = folder.File("deepset.safetensors");
        DeepSetFile.Write(trained, network, 1);
        var given = Run(
            "certify",
            WithoutValidation(),
            "--corrupted",
            "1",
            "--aggregator",
            trained,
            "--suite",
            "none",
            "--json"
        );
        Assert.Contains("\"DeepSet-TM\"", given.Output);
        // Six samples: trained in a moment.
        string root = this.root.Path;
        var own = Run(
            "certify",
            BrokenProbitFiles.WriteSound(folder.Path),
            "--corrupted",
            "1",
            "--suite",
            "none",
            "--json"
        );
        Assert.Equal(0, own.ExitCode);
        Assert.Contains("\"DeepSet-TM\"", own.Output);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(root, "artifacts", "aggregators")));
    }

    [Fact]
    public void Bad_input_is_one_line()
    {
        string file = WithoutValidation();
        Refused(Run("certify", file, "--corrupted", "3"), "3 corrupted of 5 clients");
        Refused(Run("certify", file), "--corrupted");
        Refused(Run("certify", file, "--corrupted", "1", "--suite", "paper"), "paper", "strong");
        Refused(Run("certify", file, "--corrupted", "1", "--radius-csv", folder.Path), folder.Path);
        Refused(Run("certify", folder.File("nowhere.npz"), "--corrupted", "1"), "nowhere.npz");
        string truncated = BrokenProbitFiles.Named("truncated").Write(folder.Path);
        Refused(Run("certify", truncated, "--corrupted", "1", "--json"), truncated);
    }
}
