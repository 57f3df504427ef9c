using System.Text.Json;
using RobustInference.Files;
using RobustInference.Serving;
using RobustInference.Training;
using Tests.RobustInference.Aggregators;
using Tests.RobustInference.Serving;

namespace Tests.Workbook.Commands;

public sealed class ApplyCommandTests : IDisposable
{
    const int Samples = 300,
        Clients = 7,
        Classes = 3;

    readonly TemporaryFolder folder = new();
    readonly float[] rows;

    public ApplyCommandTests()
    {
        using var drawn = EveryRule.Rows(1, Samples, Clients, Classes);
        rows = drawn.data<float>().ToArray();
        Fill(rows, 0, 2);
        Npz.Write(Answers, [new("probits", NumpyArray.Float32(rows, Samples, Clients, Classes))]);
        using var network = ServedRules.NearIdentity(Classes);
        DeepSetFile.Write(Trained, new TrainedDeepSet(network, 3, 2, IsCertified: true));
    }

    string Answers => folder.File("answers.npz");

    string Trained => folder.File("rule.safetensors");

    string Output => folder.File("out/answers.csv");

    public void Dispose() => folder.Dispose();

    static void Fill(float[] rows, int sample, params int[] absent)
    {
        foreach (int i in absent)
            rows.AsSpan((sample * Clients + i) * Classes, Classes).Fill(float.NaN);
    }

    string[][] Lines() => [.. File.ReadAllLines(Output).Select(line => line.Split(','))];

    [Theory, InlineData("CertifiedDeepSet"), InlineData("Calibrated CWMed")]
    public void Every_query_has_its_line_with_the_answer_of_the_rule(string name)
    {
        using var calibration = ServedRules.OwnWeights(Clients, Classes);
        if (name == "Calibrated CWMed")
            CalibratedFile.Write(Trained, new TrainedCalibrated(calibration, Trim: null, 2));
        var result = WorkbookProcess.Run("aggregator", "apply", Trained, Answers, "--corrupted", "2", "--out", Output);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains($"300 answers of 7 clients by {name}; 0 ties, 1 queries with absent", result.Output);
        string[][] lines = Lines();
        Assert.Equal("sample,answer,radius,absent,stands,possible,score_0,score_1,score_2", string.Join(',', lines[0]));
        Assert.Equal(Samples + 1, lines.Length);
        var rule = ServedRule.Read(Trained);
        for (int s = 0; s < Samples; s++)
        {
            var answer = rule.Answer(rows.AsSpan(s * Clients * Classes, Clients * Classes), Clients, Classes, 2);
            Assert.Equal(
                [
                    $"{s}",
                    $"{answer.Class}",
                    $"{answer.Radius}",
                    s == 0 ? "1" : "0",
                    answer.Tolerates(2) ? "1" : "0",
                    string.Join(' ', answer.Possible!),
                ],
                lines[s + 1][..6]
            );
        }
        Assert.Equal([Output], Directory.GetFiles(folder.File("out")));
    }

    [Fact]
    public void Static_rules_answer_too_and_the_numbers_are_told_to_programs()
    {
        var result = WorkbookProcess.Run(
            "aggregator",
            "apply",
            "CWTM",
            Answers,
            "--corrupted",
            "1",
            "--out",
            Output,
            "--json"
        );
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var document = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal("CWTM", document.GetProperty("aggregator").GetString());
        Assert.Equal(1, document.GetProperty("incomplete").GetInt32());
        double stand = Lines()[1..].Count(line => line[4] == "1") / (double)Samples;
        Assert.Equal(stand, document.GetProperty("stand").GetDouble(), 1e-9);
        Assert.InRange(stand, 0.001, 0.999);

        // GM certifies nothing: no radius, and nothing said of what stands.
        result = WorkbookProcess.Run("aggregator", "apply", "GM", Answers, "--out", Output);
        Assert.Contains("the rule has no certificate", result.Output);
        Assert.All(Lines()[1..], line => Assert.Equal("", line[2]));
    }

    [Fact]
    public void Without_a_file_the_lines_go_to_standard_output()
    {
        var result = WorkbookProcess.Run("aggregator", "apply", Trained, Answers);
        Assert.StartsWith("sample,answer,radius,absent,score_0", result.Output);
        Assert.Equal(Samples + 1, result.Output.TrimEnd('\n').Split('\n').Length);
        Assert.StartsWith("300 answers of 7 clients", result.Error);
    }

    [Fact]
    public void An_array_alone_and_logits_give_the_same_answers()
    {
        string probits = folder.File("rows.npy"),
            logits = folder.File("logits.npz");
        using (var file = File.Create(probits))
            NumpyArray.Float32(rows, Samples, Clients, Classes).Write(file);
        Npz.Write(
            logits,
            [new("test_logits", NumpyArray.Float32([.. rows.Select(p => MathF.Log(p))], Samples, Clients, Classes))]
        );
        string[] Answered(string file)
        {
            string output = WorkbookProcess.Run("aggregator", "apply", Trained, file).Output;
            return [.. output.Split('\n').Select(line => string.Join(',', line.Split(',').Take(4)))];
        }
        string[] expected = Answered(Answers);
        Assert.Equal(expected, Answered(probits));
        Assert.Equal(expected, Answered(logits));
    }

    [Fact]
    public void Accuracy_is_told_against_coverage_where_there_are_labels()
    {
        string labelled = folder.File("labelled.npz");
        var rule = ServedRule.Read(Trained);
        long[] labels =
        [
            .. Enumerable
                .Range(0, Samples)
                .Select(s =>
                    s % 3 == 0
                        ? 0L
                        : rule.Answer(rows.AsSpan(s * Clients * Classes, Clients * Classes), Clients, Classes).Class
                ),
        ];
        Npz.Write(
            labelled,
            [
                new("probits", NumpyArray.Float32(rows, Samples, Clients, Classes)),
                new("labels", NumpyArray.Int64(labels, Samples)),
            ]
        );
        var result = WorkbookProcess.Run("aggregator", "apply", Trained, labelled, "--out", Output, "--json");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var curve = JsonDocument.Parse(result.Output).RootElement.GetProperty("coverage");
        string[][] lines = Lines()[1..];
        for (int r = 0; r < curve.GetArrayLength(); r++)
        {
            string[][] answered = [.. lines.Where(line => int.Parse(line[2]) + int.Parse(line[3]) >= r)];
            int right = answered.Count(line => line[1] == $"{labels[int.Parse(line[0])]}");
            Assert.Equal((double)answered.Length / Samples, curve[r].GetProperty("coverage").GetDouble(), 1e-9);
            Assert.Equal((double)right / answered.Length, curve[r].GetProperty("accuracy").GetDouble(), 1e-9);
        }
        Assert.True(curve.GetArrayLength() > 2);
    }

    [Theory]
    [InlineData("CWTM", "", "--corrupted")]
    [InlineData("DeepSet", "", "is trained")]
    [InlineData("Constant", "--corrupted 1", "has no use")]
    [InlineData("nothing", "", "no aggregator is called 'nothing'")]
    [InlineData("missing.safetensors", "", "missing.safetensors")]
    [InlineData("CWTM", "--corrupted 4", "4 corrupted of 7 clients")]
    [InlineData("CWTM", "--corrupted 1 --json", "--out")]
    public void What_cannot_be_is_one_line(string rule, string options, string says)
    {
        var result = WorkbookProcess.Run([
            "aggregator",
            "apply",
            rule,
            Answers,
            .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ]);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(says, Assert.Single(result.Error.TrimEnd('\n').Split('\n')));
    }

    [Fact]
    public void Too_few_rows_or_a_broken_one_are_named_with_their_sample_and_nothing_is_written()
    {
        void Refused(string says, Action<float[]> damage)
        {
            float[] broken = [.. rows];
            damage(broken);
            string file = folder.File("broken.npz");
            Npz.Write(file, [new("probits", NumpyArray.Float32(broken, Samples, Clients, Classes))]);
            var result = WorkbookProcess.Run("aggregator", "apply", Trained, file, "--out", Output);
            Assert.Equal((2, ""), (result.ExitCode, result.Output));
            Assert.Contains(says, Assert.Single(result.Error.TrimEnd('\n').Split('\n')));
            Assert.False(File.Exists(Output));
        }
        Refused("sample 5: CertifiedDeepSet: 4 of 7 clients are absent, at most 3", r => Fill(r, 5, 0, 1, 2, 3));
        Refused("sample 5: client 1", r => r[5 * Clients * Classes + Classes] = 3);
        Refused("sample 9: client 2: 1 of 3 probabilities are NaN", r => r[(9 * Clients + 2) * Classes] = float.NaN);
    }
}
