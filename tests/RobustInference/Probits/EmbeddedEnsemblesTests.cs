using System.Globalization;
using RobustInference.Evaluation;
using RobustInference.Probits;
using RobustInference.Results;

namespace Tests.RobustInference.Probits;

/// <summary>The ensembles that come with the repository: whether the files are those that their README
/// describes.</summary>
public class EmbeddedEnsemblesTests
{
    // The README's figures are rounded, and were found before logits were rounded to float16, which makes a tie here
    // and there.
    const double Tolerance = 0.1;

    static readonly string Readme = Path.Combine(WorkbookFolder.EmbeddedEnsembles, "README.md");

    /// <summary>Cells of the README's rows that begin with a file's name.</summary>
    static string[][] Rows =>
        !File.Exists(Readme)
            ? []
            :
            [
                .. File.ReadLines(Readme)
                    .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
                    .Select(line => line.Trim('|', ' ').Split('|').Select(cell => cell.Trim().Trim('`')).ToArray()),
            ];

    static IEnumerable<string[]> Wholes => Rows.Where(row => row.Length == 5);

    static IEnumerable<string[]> Subsets => Rows.Where(row => row.Length == 7);

    public static TheoryData<string> Files => [.. Wholes.Select(row => row[0])];

    [Fact]
    public void Every_file_is_described_and_every_description_has_a_file()
    {
        Assert.SkipUnless(File.Exists(Readme), "no ensembles are here");
        Assert.Equal(
            Names(WorkbookFolder.EmbeddedEnsembles),
            Wholes.Select(row => row[0]).Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            Names(Path.Combine(WorkbookFolder.EmbeddedEnsembles, "subsets")),
            Subsets.Where(row => row[0] != "–").Select(row => row[0]).Order(StringComparer.Ordinal)
        );

        static IEnumerable<string> Names(string folder) =>
            Directory.GetFiles(folder, "*.npz").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
    }

    [Theory, MemberData(nameof(Files))]
    public void A_whole_ensemble_is_as_good_as_its_README_says(string file)
    {
        string[] row = Wholes.Single(row => row[0] == file);
        using var archive = ProbitArchive.Read(Path.Combine(WorkbookFolder.EmbeddedEnsembles, file));
        Assert.EndsWith(FormattableString.Invariant($"-a{row[1]}-s{row[2]}.npz"), file);
        Assert.NotNull(archive.Validation);
        Assert.Equal(Number(row[3]), 100 * Share(archive.Test.Probits.mean([1L]), archive.Test), Tolerance);
        double[] clients = [.. row[4].Split(',').Select(Number)];
        Assert.Equal(clients.Length, archive.Test.Clients);
        for (int i = 0; i < clients.Length; i++)
            Assert.Equal(clients[i], 100 * Share(archive.Test.Probits.select(1, i), archive.Test), Tolerance);
    }

    static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    static double Share(TorchSharp.torch.Tensor scores, ProbitSet set)
    {
        using (scores)
            return RobustnessReport.Accuracy(Predictions.Correct(scores, set.Labels));
    }
}
