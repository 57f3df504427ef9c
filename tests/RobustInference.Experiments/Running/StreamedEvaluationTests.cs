using System.IO.Compression;
using System.Text.Json;
using RobustInference.Catalogue;
using RobustInference.Files;
using RobustInference.Inputs;
using RobustInference.Numerics;
using RobustInference.Paper;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Running;
using Workbook.Benchmarks;

namespace Tests.RobustInference.Running;

public sealed class StreamedEvaluationTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    string Write(int samples, bool stored)
    {
        using var set = SyntheticProbits.Draw(samples, 5, 3, seed: 1);
        string path = folder.File($"{samples}-{stored}.npz");
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (
            var (name, array) in new[]
            {
                ("test_logits", NumpyArray.Float16(set.Logits.contiguous().Floats(), samples, 5, 3)),
                ("test_labels", NumpyArray.Int64(set.Labels.Integers(), samples)),
            }
        )
        {
            using var entry = zip.CreateEntry(
                    name + ".npy",
                    stored ? CompressionLevel.NoCompression : CompressionLevel.Optimal
                )
                .Open();
            array.Write(entry);
        }
        return path;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_array_is_read_in_parts_that_make_the_whole(bool stored)
    {
        string path = Write(103, stored);
        using var whole = ProbitArchive.Read(path);
        using var numbers = Npz.OpenArray(path, "test_logits");
        Assert.Equal([103, 5, 3], numbers.Header.Shape);
        var parts = new List<float>();
        for (int from = 0; from < 103; from += 20)
            parts.AddRange(numbers.Read(15 * Math.Min(20, 103 - from), Math.Min(20, 103 - from), 5, 3).ToFloats());
        Assert.Equal(whole.Test.Logits.contiguous().Floats().ToArray(), parts);
    }

    [Fact]
    public void Blocks_give_what_the_whole_gives_where_an_attack_draws_nothing()
    {
        string path = Write(103, stored: true);
        AttackSetting[] attacks =
        [
            AttackId.Clean,
            "Logit flipping",
            "LMA",
            new AttackSetting(AttackId.Certified, new AdversarySettings(Adversary.Fixed)),
        ];
        var told = new List<double>();
        using var answers = BlockedAnswers.Open([path], InputOptions.None, least: 1)!;
        var blocks = Runner("blocks");
        var streamed = new StreamedEvaluation(blocks, answers, 20).Run(
            Cells(blocks.Ensembles.Add(answers)),
            (_, done) => told.Add(done),
            TestContext.Current.CancellationToken
        );
        var runner = Runner("whole");
        var whole = runner.Run(Cells(runner.Ensembles.Add(path)), cancel: TestContext.Current.CancellationToken);
        Assert.Equal(whole.Select(result => result.Cell), streamed.Select(result => result.Cell));
        Assert.Equal(whole.Select(result => result.Right()), streamed.Select(result => result.Right()));
        Assert.Equal(whole.Select(result => result.Configuration.Hash()), streamed.Select(r => r.Configuration.Hash()));
        Assert.Equal(told.Order(), told);
        // What was measured is recorded, and not measured again.
        told.Clear();
        Assert.Equal(
            streamed.Select(result => result.Accuracy),
            new StreamedEvaluation(blocks, answers, 20)
                .Run(
                    Cells(blocks.Ensembles.Add(answers)),
                    (_, done) => told.Add(done),
                    TestContext.Current.CancellationToken
                )
                .Select(result => result.Accuracy)
        );
        Assert.Empty(told);

        ExperimentCell[] Cells(EnsembleId ensemble) =>
            [.. ExperimentCell.Grid(ensemble, ThreatModel.Draw(5, 1, 0), 0, ["Mean", "CWTM", "Constant"], attacks)];
    }

    [Theory]
    [InlineData(60_000, 1000, true)]
    [InlineData(1000, 37, false)]
    public void Certificates_curve_draws_and_radii_of_blocks_are_those_of_the_whole(int samples, int block, bool stored)
    {
        string path = Write(samples, stored);
        RuleUnderThreat[] rules = ["Mean", "CWMed", "GM", "CWTM", "Plurality vote", "Constant"];
        var threat = ThreatModel.Draw(5, 1, 3);
        using var answers = BlockedAnswers.Open([path], InputOptions.None, least: 1)!;
        using var archive = ProbitArchive.Read(path);
        CellRunner blocks = Runner("blocks"),
            whole = Runner("whole");
        var streamed = new Certification(
            blocks,
            blocks.Ensembles.Add(answers),
            threat,
            streamed: new StreamedEvaluation(blocks, answers, block)
        );
        var at = new Certification(whole, whole.Ensembles.Add(path), threat);
        var told = new List<double>();
        streamed.RunAll(rules, false, (_, done) => told.Add(done), TestContext.Current.CancellationToken);
        Assert.Equal(told.Order(), told);
        Assert.Equal(Text(at, archive.Test.Labels.Integers()), Text(streamed, answers.Labels));
        RadiusFile.Write(
            folder.File("whole.csv"),
            answers.Labels,
            rules.Select(rule => (rule.Rule.Label, at.Predict(rule.Rule, archive).AsEnumerable()))
        );
        RadiusFile.Write(
            folder.File("blocks.csv"),
            answers.Labels,
            rules.Select(rule =>
                (rule.Rule.Label, streamed.Predict(rule.Rule, null, TestContext.Current.CancellationToken))
            )
        );
        Assert.Equal(File.ReadAllBytes(folder.File("whole.csv")), File.ReadAllBytes(folder.File("blocks.csv")));

        string Text(Certification certification, IReadOnlyList<long> labels)
        {
            var table = new CertificationTable(
                labels,
                3,
                certification.Run(rules, false),
                certification.Curve(rules),
                certification.Draws(rules)
            );
            return JsonSerializer.Serialize(
                new
                {
                    rows = table.Rows(),
                    classes = table.Coverage(),
                    table.Curve,
                    draws = table.Draws.Select(entry => new { entry.Aggregator, entry.Draws }),
                    bits = table.Reports.Select(report => new
                    {
                        report.Clean,
                        report.PaperBound,
                        report.Certified,
                    }),
                }
            );
        }
    }

    string[] WriteArrays(long first, bool probits)
    {
        using var set = SyntheticProbits.Draw(103, 5, 3, seed: 1);
        string[] paths = [folder.File("answers.npy"), folder.File("labels.npy")];
        using var values = (probits ? set.Probits : set.Logits).contiguous();
        foreach (
            var (path, array) in paths.Zip([
                NumpyArray.Float32(values.Floats(), 103, 5, 3),
                NumpyArray.Int64([.. set.Labels.Integers().Select(label => label + first)], 103),
            ])
        )
            using (var file = File.Create(path))
                array.Write(file);
        return paths;
    }

    /// <summary>The labels beside the answers, or as <c>--labels</c>.</summary>
    [Theory, InlineData(0, false, false), InlineData(1, true, true)]
    public void An_array_with_its_labels_in_another_file_is_what_it_is_as_a_whole(
        long first,
        bool probits,
        bool asOption
    )
    {
        string[] paths = WriteArrays(first, probits),
            files = asOption ? paths[..1] : [.. paths.Reverse()];
        var options = InputOptions.None with { Labels = asOption ? paths[1] : null };
        using var whole = InputReader.Core.Read(files, options);
        using var answers = BlockedAnswers.Open(files, options, least: 1)!;
        Assert.Equal(
            (103, 5, 3, whole.HasLogits, whole.LabelsFrom),
            (answers.Samples, answers.Clients, answers.Classes, answers.HasLogits, answers.LabelsFrom)
        );
        Assert.Equal(!probits, answers.HasLogits);
        Assert.Equal(whole.Archive.Test.Labels.Integers(), answers.Labels);
        Assert.Contains(probits ? "probabilities from answers" : "logits from answers", answers.Understood);
        var parts = new List<float>();
        foreach (var block in answers.Blocks(20, TestContext.Current.CancellationToken))
            using (block)
                parts.AddRange(block.Probits.contiguous().Floats().ToArray());
        Assert.Equal(whole.Archive.Test.Probits.contiguous().Floats().ToArray(), parts);
        // Other labels are another ensemble.
        var runner = Runner("arrays");
        var before = runner.Ensembles.Add(answers);
        WriteArrays(first == 0 ? 1 : 0, probits);
        using var other = BlockedAnswers.Open(files, options, least: 1)!;
        Assert.NotEqual(before, runner.Ensembles.Add(other));
        Assert.Null(BlockedAnswers.Open(files, options));
    }

    [Fact]
    public void An_array_that_is_cut_off_or_has_other_labels_is_refused_before_the_work()
    {
        string[] paths = WriteArrays(0, probits: true);
        byte[] bytes = File.ReadAllBytes(paths[0]);
        File.WriteAllBytes(paths[0], bytes[..^4]);
        Assert.Contains(
            "answers.npy: is truncated",
            Assert.Throws<InvalidDataException>(() => BlockedAnswers.Open(paths, InputOptions.None, least: 1)).Message
        );
        File.WriteAllBytes(paths[0], bytes);
        using (var file = File.Create(paths[1]))
            NumpyArray.Int64(new long[102], 102).Write(file);
        Assert.Contains(
            "103 samples, but 102 labels",
            Assert.Throws<InvalidDataException>(() => BlockedAnswers.Open(paths, InputOptions.None, least: 1)).Message
        );
    }

    [Fact]
    public void Work_in_blocks_stops_at_the_next_cell_when_it_is_told_to()
    {
        using var answers = BlockedAnswers.Open([Write(1000, stored: true)], InputOptions.None, least: 1)!;
        var runner = Runner("stopped");
        using var stop = new CancellationTokenSource();
        int after = 0;
        var certification = new Certification(
            runner,
            runner.Ensembles.Add(answers),
            ThreatModel.Draw(5, 1, 0),
            streamed: new StreamedEvaluation(runner, answers, 10)
        );
        Assert.ThrowsAny<OperationCanceledException>(() =>
            certification.RunAll(
                ["Mean", "CWTM"],
                false,
                (_, _) =>
                {
                    after += stop.IsCancellationRequested ? 1 : 0;
                    stop.Cancel();
                },
                stop.Token
            )
        );
        Assert.InRange(after, 0, 2 * Environment.ProcessorCount + 2);
    }

    [Fact]
    public async Task A_signal_stops_an_attack_within_a_block_and_what_was_finished_is_kept()
    {
        using var answers = BlockedAnswers.Open([Write(200, stored: true)], InputOptions.None, least: 1)!;
        var runner = Runner("within");
        var evaluation = new StreamedEvaluation(runner, answers, 200);
        ExperimentCell[] Cells(int steps) =>
            [
                .. ExperimentCell.Grid(
                    runner.Ensembles.Add(answers),
                    ThreatModel.Draw(5, 1, 0),
                    0,
                    ["CWTM"],
                    [AttackId.Clean, "LMA", new AttackSetting("PGD-cw", new ProjectedGradientSettings(steps))]
                ),
            ];
        using var stop = new CancellationTokenSource();
        // More steps than any machine makes in the time of this test.
        var run = Task.Run(
            () =>
                evaluation.Run(
                    Cells(int.MaxValue),
                    (stage, _) =>
                    {
                        if (stage.Contains("PGD-cw", StringComparison.Ordinal))
                            stop.CancelAfter(TimeSpan.FromMilliseconds(100));
                    },
                    stop.Token
                ),
            TestContext.Current.CancellationToken
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(TimeSpan.FromMinutes(1)));
        // The two before it are read, not run: nothing is told of them.
        var told = new List<string>();
        var kept = evaluation.Run(Cells(1)[..2], (stage, _) => told.Add(stage), TestContext.Current.CancellationToken);
        Assert.Empty(told);
        Assert.All(kept, result => Assert.Equal(200, result.Right().Length));
    }

    CellRunner Runner(string store) =>
        new(new ResultStore(folder.File(store)), new EnsembleSource([], "", ""), folder.File("trained"));

    [Fact]
    public void An_ordinary_file_is_not_read_in_blocks()
    {
        Assert.Null(BlockedAnswers.Open([Write(50, true)], InputOptions.None));
        Assert.Null(BlockedAnswers.Open([folder.File("nowhere.npz")], InputOptions.None));
    }
}
