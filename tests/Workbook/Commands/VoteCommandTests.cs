using System.Text.Json;
using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Probits;
using RobustInference.Training;
using Tests.RobustInference.Probits;

namespace Tests.Workbook.Commands;

public sealed class VoteCommandTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    string[] Arguments(string file, string output, params string[] more) =>
        [
            "aggregator",
            "train",
            file,
            "--corrupted",
            "1",
            "--kind",
            "vote",
            "--hidden",
            "8",
            "--passes",
            "3",
            "--held-out",
            "0.4",
            "--out",
            output,
            .. more,
        ];

    [Theory, InlineData("fixed"), InlineData("any")]
    public void A_trained_vote_is_taken_by_evaluate_and_certify(string adversary)
    {
        string file = BrokenProbitFiles.WriteSound(folder.Path),
            output = folder.File("vote.safetensors");
        var result = WorkbookProcess.Run(Arguments(file, output, "--adversary", adversary, "--members", "2"));
        Assert.Equal((0, ""), (result.ExitCode, string.Concat(result.Remarks)));
        Assert.StartsWith(output + ": certified ", result.Output);
        Assert.Contains("classes answered", result.Output);
        var vote = CertifiedVoteFile.Read(output);
        Assert.Equal(
            (adversary == "any" ? Adversary.Any : Adversary.Fixed, 1, 2),
            (vote.Adversary, vote.Corrupted, vote.Network.Members.Count)
        );
        Assert.Contains(
            "CertifiedVote",
            WorkbookProcess.Run("evaluate", file, "--corrupted", "1", "--aggregator", output).Output
        );
        var certified = WorkbookProcess.Run("certify", file, "--corrupted", "1", "--aggregator", output, "--json");
        Assert.Equal(0, certified.ExitCode);
        using var json = JsonDocument.Parse(certified.Output);
        var rows = json
            .RootElement.GetProperty("rows")
            .EnumerateArray()
            .Where(row => row.GetProperty("aggregator").GetString() == "CertifiedVote")
            .ToArray();
        Assert.Equal(2, rows.Length);
        foreach (var row in rows)
            Assert.InRange(
                row.GetProperty("certified").GetDouble(),
                0,
                Math.Min(row.GetProperty("clean").GetDouble(), row.GetProperty("strong").GetDouble())
            );
    }

    [Fact]
    public void A_weight_is_chosen_on_held_out_data()
    {
        string file = BrokenProbitFiles.WriteSound(folder.Path),
            output = folder.File("vote.safetensors");
        var result = WorkbookProcess.Run(Arguments(file, output, "--weights", "50,100"));
        Assert.Equal((0, ""), (result.ExitCode, string.Concat(result.Remarks)));
        string[] lines = result.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("weight 50: certified ", lines[0]);
        Assert.StartsWith("weight 100: certified ", lines[1]);
        Assert.Single(lines, line => line.EndsWith("(chosen)"));
        Assert.Equal(output + ": trained on all validation data", lines[2]);
        var refused = WorkbookProcess.Run(Arguments(file, output, "--weights", "50,101"));
        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("--weights names 101", Assert.Single(refused.Remarks));
    }

    [Fact]
    public void Answers_of_other_clients_are_refused_in_one_line()
    {
        string file = BrokenProbitFiles.WriteSound(folder.Path),
            output = folder.File("vote.safetensors");
        using var archive = ProbitArchive.Read(file);
        using var other = new VoteNetwork([new(archive.Test.Clients + 1, archive.Test.Classes, 4, 2, 0)]);
        CertifiedVoteFile.Write(output, new TrainedVote(other, 1, Adversary.Fixed));
        var result = WorkbookProcess.Run("evaluate", file, "--corrupted", "1", "--aggregator", output);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("was trained for", Assert.Single(result.Remarks));
    }
}
