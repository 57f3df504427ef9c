using Microsoft.ML.OnnxRuntime;
using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Probits;
using RobustInference.Serving;
using Tests.RobustInference.Aggregators;
using Tests.RobustInference.Serving;
using Workbook.Onnx;

namespace Tests.Workbook.Onnx;

/// <summary>Every exported rule is run by ONNX Runtime and held against the library.</summary>
public sealed class OnnxExportTests : IDisposable
{
    const int Batch = 500;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Names => ServedRuleTests.Names;

    static ProbitArchive Real() =>
        ProbitArchive.Read(Path.Combine(Outside.Root, "data", "probits", "cifar10-a0.5-s0.npz"));

    /// <summary>All 10,000 answers of an embedded ensemble.</summary>
    [Theory, MemberData(nameof(Names))]
    public void The_answers_are_the_librarys_and_the_radius_is_never_greater(string name)
    {
        using var archive = Real();
        var test = archive.Test;
        using var rule = ServedRules.Named(name).Create(test.Clients, test.Classes, 4);
        using var exported = OnnxRule.Of(folder, rule.ToServed()!);
        var expected = rule.Predict(test);
        float[] rows = test.Probits.data<float>().ToArray();
        int size = test.Clients * test.Classes,
            fewer = 0,
            some = 0;
        for (int from = 0; from < test.Samples; from += Batch)
        {
            int count = Math.Min(Batch, test.Samples - from);
            var result = exported.Run(rows.AsSpan(from * size, count * size), test.Clients, test.Classes);
            for (int s = 0; s < count; s++)
            {
                var known = expected[from + s];
                Assert.Equal(known.Class, result.Answers[s]);
                Assert.InRange(result.Radii[s], 0, known.Radius!.Value);
                fewer += result.Radii[s] < known.Radius ? 1 : 0;
                some += result.Radii[s] > 0 ? 1 : 0;
                for (int k = 0; k < test.Classes; k++)
                    Assert.Equal(
                        known.Scores[k],
                        result.Scores[s * test.Classes + k],
                        1e-5 * Math.Max(1, Math.Abs(known.Scores[k]))
                    );
            }
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {fewer} radii smaller, {some} above 0");
        Assert.InRange(fewer, 0, test.Samples / 10);
        Assert.InRange(some, test.Samples / 20, test.Samples);
    }

    [Fact]
    public void The_relaxation_gives_the_librarys_radius()
    {
        using var archive = Real();
        using var test = archive.Test.Select([.. Enumerable.Range(0, 1000).Select(s => (long)s)]);
        using var rule = ServedRules.Named("CertifiedDeepSet").Create(test.Clients, test.Classes, 4);
        using var exported = OnnxRule.Of(folder, rule.ToServed()!, OnnxBounds.Relaxed);
        float[] rows = test.Probits.data<float>().ToArray();
        Assert.Equal(
            rule.Predict(test).Select(prediction => (long)prediction.Radius!.Value),
            exported.Run(rows, test.Clients, test.Classes).Radii
        );
    }

    /// <summary>What its documentation says of the output <c>leads</c>.</summary>
    [Theory, MemberData(nameof(Names))]
    public void The_classes_that_could_be_the_answer_are_read_from_the_leads(string name)
    {
        const int n = 9,
            k = 4,
            samples = 200;
        using var rule = ServedRules.Named(name).Create(n, k, 3);
        var served = rule.ToServed()!;
        using var exported = OnnxRule.Of(folder, served);
        using var drawn = EveryRule.Rows(6, samples, n, k);
        float[] rows = drawn.data<float>().ToArray();
        var result = exported.Run(rows, n, k);
        for (int f = 0; f <= 3; f++)
        for (int s = 0; s < samples; s++)
        {
            if (result.Answers[s] < 0)
                continue;
            var answer = served.Answer(rows.AsSpan(s * n * k, n * k), n, k, f);
            var possible = Enumerable
                .Range(0, k)
                .Where(c => c == result.Answers[s] || result.Leads[(s * result.Changes + f) * k + c] <= 0);
            Assert.Empty(answer.Possible!.Except(possible));
            Assert.Equal(result.Radii[s] >= f, possible.Count() == 1);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Batch_and_clients_are_free(string name)
    {
        foreach (int n in name == "CertifiedVote" ? [1, 2, 3, 8] : new[] { 3, 4, 7, 20 })
        {
            using var rule = ServedRules.Named(name).Create(n, 3, 1);
            using var exported = OnnxRule.Of(folder, rule.ToServed()!);
            using var drawn = EveryRule.Rows(n, 5, n, 3);
            float[] rows = drawn.data<float>().ToArray();
            var together = exported.Run(rows, n, 3);
            for (int s = 0; s < 5; s++)
            {
                var own = rows.AsSpan(s * n * 3, n * 3);
                var alone = exported.Run(own, n, 3);
                Assert.Equal(together.Answers[s], alone.Answers[0]);
                Assert.Equal(together.Radii[s], alone.Radii[0]);
                Assert.Equal(rule.ToServed()!.Answer(own, n, 3).Class, (int)alone.Answers[0]);
            }
        }
    }

    /// <summary>Absent clients, another number of them in every query of a batch.</summary>
    [Theory, MemberData(nameof(Names))]
    public void Rows_of_NaN_are_absent_clients_and_count_against_the_radius(string name)
    {
        const int n = 9,
            k = 4,
            trim = 3,
            samples = 400;
        using var rule = ServedRules.Named(name).Create(n, k, trim);
        var served = rule.ToServed()!;
        using var exported = OnnxRule.Of(folder, served);
        using var drawn = EveryRule.Rows(7, samples, n, k);
        float[] rows = drawn.data<float>().ToArray();
        var random = new Random(8);
        var absent = new int[samples];
        for (int s = 0; s < samples; s++)
        {
            absent[s] = s % (n + 1);
            int[] clients = [.. Enumerable.Range(0, n)];
            random.Shuffle(clients);
            foreach (int client in clients[..absent[s]])
                rows.AsSpan((s * n + client) * k, k).Fill(float.NaN);
        }
        var result = exported.Run(rows, n, k);
        int certified = 0,
            fewer = 0;
        for (int s = 0; s < samples; s++)
        {
            if (absent[s] > served.MostAbsent(n))
            {
                Assert.Equal((-1, -1), (result.Answers[s], result.Radii[s]));
                continue;
            }
            int f = Math.Clamp(absent[s], 1, (n - 1) / 2);
            var known = served.Answer(rows.AsSpan(s * n * k, n * k), n, k, f);
            Assert.Equal(known.Class, (int)result.Answers[s]);
            Assert.InRange(result.Radii[s], absent[s] == 0 ? 0 : -1, known.Radius);
            fewer += result.Radii[s] < known.Radius ? 1 : 0;
            certified += absent[s] > 0 && result.Radii[s] >= 0 ? 1 : 0;
            for (int c = 0; c < k; c++)
                Assert.Equal(known.Scores[c], result.Scores[s * k + c], 1e-5 * Math.Max(1, Math.Abs(known.Scores[c])));
            if (result.Answers[s] < 0 || f < absent[s])
                continue;
            var possible = Enumerable
                .Range(0, k)
                .Where(c =>
                    c == result.Answers[s]
                    || f - absent[s] < result.Changes && result.Leads[(s * result.Changes + f - absent[s]) * k + c] <= 0
                );
            Assert.Empty(known.Possible!.Except(possible));
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {certified} certified, {fewer} radii smaller");
        Assert.InRange(certified, 1, samples);
        Assert.InRange(fewer, 0, samples / 5);
    }

    [Theory]
    [InlineData("CWTM")]
    [InlineData("DeepSet-TM")]
    [InlineData("CertifiedDeepSet")]
    [InlineData("CertifiedVote")]
    [InlineData("Calibrated CWMed")]
    [InlineData("Calibrated CWTM")]
    public void Too_few_clients_or_other_classes_fail(string name)
    {
        using var rule = ServedRules.Named(name).Create(5, 3, 2);
        using var exported = OnnxRule.Of(folder, rule.ToServed()!);
        foreach (int n in new[] { 1, 2, 3, 4 })
            Assert.Throws<OnnxRuntimeException>(() => exported.Run(Rows(n, 3), n, 3));
        exported.Run(Rows(5, 3), 5, 3);
        if (name != "CWTM")
            Assert.Throws<OnnxRuntimeException>(() => exported.Run(Rows(5, 4), 5, 4));

        static float[] Rows(int n, int k) => [.. Enumerable.Repeat(1f / k, n * k)];
    }

    [Theory, MemberData(nameof(Names))]
    public void A_tie_is_no_answer(string name)
    {
        if (name is "DeepSet-TM" or "CertifiedDeepSet" or "CertifiedVote")
            return; // drawn weights tie by no input that is known
        using var rule = ServedRules.Named(name).Create(4, 3, 1);
        // Nor do calibrations, but equal ones of every client.
        if (rule is Calibrated calibrated)
            calibrated.Calibration.load_state_dict(new ClientCalibration(4, 3).state_dict());
        using var exported = OnnxRule.Of(folder, rule.ToServed()!);
        float[] rows = [1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0];
        var result = exported.Run(rows, 4, 3);
        int expected = rule.ToServed()!.Answer(rows, 4, 3).Class;
        Assert.Equal((expected, 0L), ((int)result.Answers[0], result.Radii[0]));
        Assert.Equal(-1, expected);
    }

    [Fact]
    public void The_file_says_what_it_is_and_the_same_rule_gives_the_same_bytes()
    {
        string path = folder.File("rule.onnx"),
            again = folder.File("again.onnx");
        var rule = ServedRule.CoordinateWiseTrimmedMean(2);
        OnnxExport.Write(path, rule, properties: ("sha256", "abc"));
        OnnxExport.Write(again, rule, properties: ("sha256", "abc"));
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
        using var exported = new OnnxRule(path);
        Assert.Equal("CWTM", exported.Properties["aggregator"]);
        Assert.Equal("2", exported.Properties["trim"]);
        Assert.Equal("abc", exported.Properties["sha256"]);
    }
}
