using CsCheck;
using RobustInference.Aggregators;
using RobustInference.Files;
using RobustInference.Networks;
using RobustInference.Probits;
using RobustInference.Serving;
using RobustInference.Training;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Serving;

/// <summary>Rules without torch: equal to the library's, and right about absent clients.</summary>
public sealed class ServedRuleTests
{
    public static TheoryData<string> Names => [.. ServedRules.All.Select(row => row.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Class_scores_and_radius_are_the_librarys(string name) =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[2, 5], Gen.Int[0, 2], Gen.Bool, Gen.Long[0, 1 << 30])
            .Sample(
                (half, classes, trim, oneHot, seed) =>
                {
                    using var scope = NewDisposeScope();
                    int n = Math.Max(half, trim + 1) * 2 + (int)(seed % 2);
                    using var rule = ServedRules.Named(name).Create(n, classes, trim);
                    var served = rule.ToServed()!;
                    Assert.Equal(rule.Name, served.Name);
                    float[] rows = EveryRule.Rows(seed, 12, n, classes, oneHot).data<float>().ToArray();
                    using var received = ProbitSet.FromProbits("rows", rows, [12, n, classes], new long[12]);
                    var expected = rule.Predict(received);
                    for (int s = 0; s < 12; s++)
                    {
                        var own = rows.AsSpan(s * n * classes, n * classes);
                        var answer = served.Answer(own, n, classes);
                        if (rule is Calibrated)
                            ServedCalibratedTests.OnlyNearTiesDiffer(rule, received, s, expected[s], answer);
                        else
                            Assert.Equal((expected[s].Class, expected[s].Radius), (answer.Class, (int?)answer.Radius));
                        for (int k = 0; k < classes; k++)
                            Assert.Equal(
                                expected[s].Scores[k],
                                answer.Scores[k],
                                1e-5 * Math.Max(1, Math.Abs(answer.Scores[k]))
                            );
                    }
                },
                iter: 60
            );

    /// <summary>Every way to fill in what the absent clients would have said, and to change r of the other rows, is put
    /// before the library's rule on n rows.</summary>
    [Theory, MemberData(nameof(Names))]
    public void Whatever_the_absent_would_have_said_the_certified_answer_stands(string name)
    {
        bool isExact = ServedRules.Named(name).IsExact;
        int seen = 0,
            reached = 0;
        Gen.Select(Gen.Int[3, 7], Gen.Int[2, 3], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Long[0, 1 << 30])
            .Where((n, _, trim, absent, _) => 2 * trim < n && 2 * absent < n)
            .Sample(
                (n, classes, trim, absent, seed) =>
                {
                    using var scope = NewDisposeScope();
                    using var rule = ServedRules.Named(name).Create(n, classes, trim);
                    var served = rule.ToServed()!;
                    if (absent > served.MostAbsent(n))
                        return;
                    float[] rows = EveryRule.Rows(seed, 1, n, classes).data<float>().ToArray();
                    int[] gone = [.. Enumerable.Range(0, absent).Select(i => (int)((seed + 3 * i) % n)).Distinct()];
                    foreach (int i in gone)
                        rows.AsSpan(i * classes, classes).Fill(float.NaN);
                    for (int f = gone.Length; 2 * f < n && f - gone.Length <= 2; f++)
                    {
                        var answer = served.Answer(rows, n, classes, f);
                        Assert.Equal(gone.Length, answer.Absent);
                        if (answer.Class < 0)
                            continue;
                        int[] elected = Fills.Elected(rule, rows, n, classes, gone, f - gone.Length);
                        if (answer.Tolerates(f))
                        {
                            Assert.Equal([answer.Class], elected);
                            seen++;
                        }
                        else if (isExact)
                        {
                            Assert.True(elected is not [var only] || only != answer.Class);
                            reached++;
                        }
                        Assert.Empty(elected.Where(k => k >= 0).Except(answer.Possible!));
                        if (isExact)
                            Assert.Equal(elected.Where(k => k >= 0), answer.Possible);
                    }
                },
                iter: 60,
                threads: 1
            );
        Assert.True(seen > 5, $"{seen} answers were certified");
        Assert.True(!isExact || reached > 5, $"{reached} answers were not");
    }

    [Fact]
    public void A_file_of_a_trained_rule_is_that_rule()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("rule.safetensors");
        using var scope = NewDisposeScope();
        using var deepSet = ServedRules.NearIdentity(3);
        using var square = ServedRules.NearIdentity(3, hidden: 13, decoder: 13);
        using var vote = ServedRules.OwnClass(7, 3);
        float[] rows = EveryRule.Rows(4, 1, 7, 3).data<float>().ToArray();
        Same(new DeepSetTrimmedMean(square, 2), () => DeepSetFile.Write(path, square, 2));
        Same(
            new CertifiedDeepSet(deepSet, 3),
            () => DeepSetFile.Write(path, new TrainedDeepSet(deepSet, 3, 1, IsCertified: true))
        );
        Same(new CertifiedVote(vote), () => CertifiedVoteFile.Write(path, new TrainedVote(vote, 2, Adversary.Any)));
        using var calibration = ServedRules.OwnWeights(7, 3);
        foreach (int? trim in new int?[] { null, 2 })
        {
            var trained = new TrainedCalibrated(calibration, trim, 2);
            Same(trained.Rule, () => CalibratedFile.Write(path, trained));
        }

        void Same(Aggregator rule, Action write)
        {
            write();
            var read = ServedRule.Read(path);
            Assert.Equal(rule.Name, read.Name);
            ServedAnswer expected = rule.ToServed()!.Answer(rows, 7, 3, 3),
                answer = read.Answer(rows, 7, 3, 3);
            Assert.Equal(expected.Scores, answer.Scores);
            Assert.Equal(expected.Possible, answer.Possible);
            Assert.Equal((expected.Class, expected.Radius), (answer.Class, answer.Radius));
        }
    }

    [Fact]
    public void A_file_that_is_no_trained_rule_is_one_line()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("rule.safetensors");
        using var network = ServedRules.NearIdentity(3);
        DeepSetFile.Write(path, new TrainedDeepSet(network, 2, 1, IsCertified: true));
        var (tensors, metadata) = Safetensors.Read(path);
        void Refused(string says, Action<Dictionary<string, NamedTensor>, Dictionary<string, string>> change)
        {
            Dictionary<string, NamedTensor> other = new(tensors);
            Dictionary<string, string> said = new(metadata);
            change(other, said);
            Safetensors.Write(path, other, said);
            string message = Assert.Throws<InvalidDataException>(() => ServedRule.Read(path)).Message;
            Assert.StartsWith(path, message);
            Assert.Contains(says, message);
        }
        Refused("is not a trained DeepSet", (_, said) => said["kind"] = "robust-inference/copur");
        Refused("is not a trained DeepSet", (_, said) => said.Remove("kind"));
        Refused("'trim' is '-1', wanted a whole number", (_, said) => said["trim"] = "-1");
        Refused("tensor mu_in.weight is missing", (other, _) => other.Remove("mu_in.weight"));
        Refused(
            "tensor rho_in.bias has the shape (2), wanted (13)",
            (other, _) => other["rho_in.bias"] = new([2], [0, 0])
        );
        Refused(
            "tensor mu_more.bias is none of a CertifiedDeepSet",
            (other, _) => other["mu_more.bias"] = new([1], [0])
        );
        Refused("holds a number that is not finite", (other, _) => other["mu_out.bias"] = new([3], [0, float.NaN, 0]));
        File.WriteAllBytes(path, [1, 2, 3]);
        Assert.Throws<InvalidDataException>(() => ServedRule.Read(path));
        Assert.Contains("is a folder", Assert.Throws<InvalidDataException>(() => ServedRule.Read(folder.Path)).Message);
    }

    [Fact]
    public void By_hand_two_absent_of_seven_are_two_corrupted_ones()
    {
        float[] sure = [0.9f, 0.1f];
        var rule = ServedRule.CoordinateWiseTrimmedMean(3);
        Assert.Equal((0, 3, 0), Told(rule.Answer(sure, sure, sure, sure, sure, sure, sure)));
        Assert.Equal((0, 1, 2), Told(rule.Answer(sure, null, sure, sure, null, sure, sure)));
        Assert.True(rule.Answer(sure, null, sure, sure, null, sure, sure).Tolerates(3));
        var mean = ServedRule.Mean.Answer([0.6f, 0.4f], [0.6f, 0.4f], null);
        Assert.Equal((0, -1, 1), Told(mean));
        Assert.False(mean.Tolerates(1));
        Assert.Equal(
            [0, 1],
            ServedRule
                .Mean.Answer(
                    1,
                    [
                        [0.6f, 0.4f],
                        [0.6f, 0.4f],
                        null,
                    ]
                )
                .Possible
        );
        // One vote for, none against: two absent voters could tie, but not lead.
        Assert.Equal((0, 1, 1), Told(ServedRule.PluralityVote.Answer(sure, sure, sure, sure, null)));

        static (int, int, int) Told(ServedAnswer answer) => (answer.Class, answer.Radius, answer.Absent);
    }

    [Fact]
    public void Fewer_rows_than_a_rule_needs_are_refused()
    {
        float[] row = [0.9f, 0.1f];
        var trimmed = ServedRule.CoordinateWiseTrimmedMean(1);
        Refused("2 of 5 clients are absent, at most 1 may be", () => trimmed.Answer(row, null, null, row, row));
        Refused("2 clients are too few, at least 3", () => trimmed.Answer(row, row));
        Refused("3 of 3 clients are absent", () => ServedRule.Mean.Answer(null, null, null));
        Refused("client 1 has 3 probabilities", () => ServedRule.Mean.Answer(row, [0.5f, 0.3f, 0.2f]));
        Refused("3 corrupted of 5", () => ServedRule.Mean.Answer(3, [row, row, row, row, row]));
        using var network = EveryRule.Network(3);
        using var rule = new DeepSetTrimmedMean(network, 1);
        Refused("made for 3 classes", () => rule.ToServed().Answer(row, row, row));

        static void Refused(string says, Func<object> answer) =>
            Assert.Contains(says, Assert.Throws<ArgumentException>(answer).Message);
    }

    [Fact]
    public void A_row_that_is_no_row_is_named()
    {
        void Broken(string says, float[] row) =>
            Assert.Contains(
                says,
                Assert.Throws<InvalidDataException>(() => ServedRule.Mean.Answer([0.5f, 0.5f], row)).Message
            );
        Broken("client 1: the probabilities sum to 1.2, not to 1", [0.6f, 0.6f]);
        Broken("client 1: -0.5 is not a probability", [1.5f, -0.5f]);
        Broken("client 1: 1 of 2 probabilities are NaN", [1, float.NaN]);
        Broken("client 1: Infinity is not a probability", [0, float.PositiveInfinity]);
    }

    [Fact]
    public void Predict_answers_with_what_came()
    {
        using var scope = NewDisposeScope();
        float[,] rows =
        {
            { 0.8f, 0.2f },
            { float.NaN, float.NaN },
            { 0.7f, 0.3f },
            { 0.9f, 0.1f },
            { 0.8f, 0.2f },
        };
        var trimmed = new CoordinateWiseTrimmedMean(2).Predict(rows);
        Assert.Equal((0, 1, 1), (trimmed.Class, trimmed.Radius, trimmed.Absent));
        Assert.Equal(0.8f, trimmed.Scores[0], 1e-6f);
        // No certificate: what came is all that it knows.
        var median = new GeometricMedian().Predict(rows);
        Assert.Equal((0, null, 1), (median.Class, median.Radius, median.Absent));
        using var copur = new Copur(EveryRule.CopurNetworkOf(2), 1);
        Assert.Contains("it needs every row", Assert.Throws<ArgumentException>(() => copur.Predict(rows)).Message);
    }
}
