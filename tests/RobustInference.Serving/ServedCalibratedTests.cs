using CsCheck;
using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Files;
using RobustInference.Networks;
using RobustInference.Probits;
using RobustInference.Serving;
using RobustInference.Training;
using Tests.RobustInference.Aggregators;
using Tests.Workbook;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Serving;

/// <summary>Calibrated clients without torch: what is allowed for rounding, and what the file may hold.</summary>
public sealed class ServedCalibratedTests
{
    /// <summary>An answer is the library's with its radius; or rounding could take the lead, and the radius is
    /// smaller.</summary>
    internal static void OnlyNearTiesDiffer(
        Aggregator rule,
        ProbitSet received,
        int sample,
        Prediction known,
        ServedAnswer answer
    )
    {
        Assert.InRange(answer.Radius, 0, known.Radius!.Value);
        float greatest = known.Scores.Max();
        if (answer.Class < 0)
        {
            Assert.InRange(known.Scores.Count(score => score >= greatest * (1 - 2e-6f)), 2, known.Scores.Count);
            return;
        }
        Assert.Equal(known.Class, answer.Class);
        if (answer.Radius == known.Radius)
            return;
        using var one = received.Select([sample]);
        using var labelled = one.WithLabels([answer.Class]);
        var threat = ThreatModel.Draw(received.Clients, answer.Radius + 1, 0);
        double margin = rule.Certificate(Adversary.Any)!.Margins(labelled, Adversary.Any, threat).ToDouble();
        Assert.InRange(margin, 0, 1e-4 * greatest);
    }

    static ServedCalibrated Served(Calibrated rule) => Assert.IsType<ServedCalibrated>(rule.ToServed());

    /// <summary>With one client the scores are its calibrated row. The same row comes out of torch, and of a sum in
    /// another order, with the row divided by its sum a little differently: all within what leads allow for.</summary>
    [Fact]
    public void Another_implementation_finds_rows_within_the_allowance()
    {
        double nearest = 0;
        Gen.Select(Gen.Int[2, 12], Gen.Double[0.1, 30], Gen.Long[0, 1 << 30])
            .Sample(
                (classes, size, seed) =>
                {
                    using var scope = NewDisposeScope();
                    using var untracked = no_grad();
                    var calibration = new ClientCalibration(1, classes);
                    var generator = new Generator((ulong)seed);
                    calibration.Weight.copy_(randn([1, classes, classes], generator: generator) * (size / classes));
                    calibration.Bias.copy_(randn([1, classes], generator: generator));
                    using var rule = new Calibrated(calibration, new Mean());
                    var served = Served(rule);
                    double most = -Math.Log(served.Rounding.Ratio) / 2;
                    Assert.InRange(most, 1e-7, 1e-6 * (3 + 4 * size));
                    float[] row = EveryRule.Rows(seed, 1, 1, classes).data<float>().ToArray();
                    var own = served.Answer(row, 1, classes).Scores;
                    foreach (float factor in new[] { 1 - 1.2e-7f, 1, 1 + 1.2e-7f })
                    {
                        float[] read = [.. row.Select(p => p * factor)];
                        float[] torchs = calibration.Of(tensor(read, [1, 1, classes])).data<float>().ToArray();
                        double[] backwards = Backwards(served, read);
                        for (int k = 0; k < classes; k++)
                        {
                            if (own[k] < 1e-30)
                                continue;
                            foreach (double other in new[] { torchs[k], backwards[k] })
                            {
                                double off = Math.Abs(Math.Log(other / own[k])) / most;
                                Assert.InRange(off, 0, 1);
                                nearest = Math.Max(nearest, off);
                            }
                        }
                    }
                },
                iter: 300,
                threads: 1
            );
        // Nor is it far more than is needed.
        Assert.InRange(nearest, 0.1, 1);
    }

    static double[] Backwards(ServedCalibrated served, float[] row)
    {
        int classes = row.Length;
        var powers = new double[classes];
        for (int k = 0; k < classes; k++)
        {
            double logit = served.Bias[k];
            for (int j = classes - 1; j >= 0; j--)
                logit += served.Weight[k * classes + j] * Math.Log(row[j] + 1e-4);
            powers[k] = Math.Exp(logit);
        }
        return [.. powers.Select(power => power / powers.Reverse().Sum())];
    }

    [Fact]
    public void A_near_tie_has_no_radius_and_another_lead_has_the_librarys()
    {
        using var rule = new Calibrated(new ClientCalibration(3, 2), new CoordinateWiseMedian());
        Assert.Equal((0, 1, 0), Radii(0.5f + 3e-7f));
        Assert.Equal((0, 1, 1), Radii(0.5f + 3e-6f));

        (int Class, int? Library, int Served) Radii(float p)
        {
            float[] rows = [p, 1 - p, p, 1 - p, p, 1 - p];
            using var received = ProbitSet.FromProbits("rows", rows, [1, 3, 2], [0]);
            var answer = rule.ToServed()!.Answer(rows, 3, 2);
            var known = rule.Predict(received)[0];
            Assert.Equal(known.Class, answer.Class);
            return (answer.Class, known.Radius, answer.Radius);
        }
    }

    /// <summary>A class within the allowance of the answer could be it elsewhere.</summary>
    [Fact]
    public void A_near_tie_is_in_the_answer_set()
    {
        using var rule = new Calibrated(new ClientCalibration(3, 2), new CoordinateWiseMedian());
        Assert.Equal([0, 1], Possible(0.5f + 3e-7f));
        Assert.Equal([0], Possible(0.5f + 3e-6f));

        IReadOnlyList<int> Possible(float p) =>
            rule.ToServed()!.Answer([p, 1 - p, p, 1 - p, p, 1 - p], 3, 2, corrupted: 1).Possible!;
    }

    /// <summary>Weights as they are trained, and all 10,000 answers of an embedded ensemble.</summary>
    [Theory, InlineData(null), InlineData(4)]
    public void On_real_answers_only_near_ties_have_a_smaller_radius_than_by_the_library(int? trim)
    {
        using var archive = ProbitArchive.Read(Path.Combine(Outside.Root, "data", "probits", "cifar10-a0.5-s0.npz"));
        var test = archive.Test;
        var calibration = new CalibrationTraining(new CalibrationRecipe(Steps: 40)).Train(archive.Validation!);
        using var rule = new TrainedCalibrated(calibration, trim, 4).Rule;
        var served = rule.ToServed()!;
        var expected = rule.Predict(test);
        float[] rows = test.Probits.data<float>().ToArray();
        int size = test.Clients * test.Classes;
        var answers = new ServedAnswer[test.Samples];
        Parallel.For(
            0,
            test.Samples,
            s => answers[s] = served.Answer(rows.AsSpan(s * size, size), test.Clients, test.Classes)
        );
        int certified = 0;
        for (int s = 0; s < test.Samples; s++)
        {
            OnlyNearTiesDiffer(rule, test, s, expected[s], answers[s]);
            certified += answers[s].Radius > 0 ? 1 : 0;
        }
        int fewer = answers.Where((answer, s) => answer.Radius < expected[s].Radius).Count();
        TestContext.Current.TestOutputHelper!.WriteLine($"{rule.Name}: {fewer} radii smaller, {certified} above 0");
        Assert.InRange(fewer, 0, 10);
        Assert.InRange(certified, 5000, 10_000);
    }

    [Fact]
    public void A_client_that_sent_nothing_counts_against_the_radius()
    {
        using var rule = new Calibrated(ServedRules.OwnWeights(5, 2), new CoordinateWiseTrimmedMean(2));
        var prediction = rule.Predict(
            new[,]
            {
                { 0.8f, 0.2f },
                { float.NaN, float.NaN },
                { 0.7f, 0.3f },
                { 0.9f, 0.1f },
                { 0.8f, 0.2f },
            }
        );
        Assert.Equal((0, 1, 1), (prediction.Class, prediction.Radius, prediction.Absent));
        Assert.Contains(
            "3 of 5 clients are absent, at most 2",
            Assert.Throws<ArgumentException>(() => Served(rule).Answer([0.8f, 0.2f], null, null, null, [1, 0])).Message
        );
    }

    /// <summary>Each client by its own weights, also where the one before it is absent.</summary>
    [Fact]
    public void A_client_keeps_its_weights_when_another_one_is_absent()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var calibration = new ClientCalibration(3, 2);
        calibration.Weight[2].mul_(-1);
        using var rule = new Calibrated(calibration, new Mean());
        var answer = rule.ToServed()!.Answer(null, null, [0.9f, 0.1f]);
        Assert.Equal(1, answer.Class);
        Assert.Equal(0.9, answer.Scores[1], 1e-3);
    }

    [Fact]
    public void Other_rules_than_means_of_order_statistics_have_no_twin()
    {
        using var rule = new Calibrated(
            new ClientCalibration(5, 3),
            new DeepSetTrimmedMean(ServedRules.NearIdentity(3), 1)
        );
        Assert.Null(rule.ToServed());
        var rows = new float[5, 3];
        for (int i = 0; i < 5; i++)
            rows[i, 0] = i == 1 ? float.NaN : 1;
        (rows[1, 1], rows[1, 2]) = (float.NaN, float.NaN);
        Assert.Contains("it needs every row", Assert.Throws<ArgumentException>(() => rule.Predict(rows)).Message);
    }

    [Fact]
    public void Weights_that_say_nothing_sure_certify_nothing()
    {
        const double most = 1e30;
        double[] weight = [most, 0, 0, most, most, 0, 0, most, most, 0, 0, most];
        var served = new ServedCalibrated(new ServedRangeMean(RangeKind.Median), weight, new double[6], 2);
        var answer = served.Answer(
            1,
            [
                [0.9f, 0.1f],
                [0.9f, 0.1f],
                [0.9f, 0.1f],
            ]
        );
        Assert.Equal((0, 0), (answer.Class, answer.Radius));
        Assert.Equal([0, 1], answer.Possible);
        Assert.All(answer.Scores, score => Assert.InRange(score, 0, 1));
    }

    public static TheoryData<string, string> Broken =>
        new()
        {
            { "missing tensor", "tensor bias is missing" },
            { "wrong shape", "tensor weight has the shape (5, 9), wanted (5, 3, 3)" },
            { "NaN", "tensor bias holds a number that is not finite" },
            { "more tensors", "tensor more is none of a Calibrated CWTM" },
            { "no clients", "'clients' is ''" },
            { "too much trim", "'trim' is '3', wanted a whole number in 0…2" },
            { "median and more", "'median' is '2', wanted a whole number in 0…1" },
            { "enormous", "100,000 clients and 100,000 classes are more than are read" },
        };

    [Theory, MemberData(nameof(Broken))]
    public void A_broken_file_gets_one_line_that_names_it_and_the_place(string how, string says)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("rule.safetensors");
        using var calibration = ServedRules.OwnWeights(5, 3);
        CalibratedFile.Write(path, new TrainedCalibrated(calibration, Trim: 2, 2));
        Assert.Equal("Calibrated CWTM", ServedRule.Read(path).Name);
        var (tensors, metadata) = Safetensors.Read(path);
        switch (how)
        {
            case "missing tensor":
                tensors.Remove("bias");
                break;
            case "wrong shape":
                tensors["weight"] = new([5, 9], tensors["weight"].Values);
                break;
            case "NaN":
                tensors["bias"].Values[4] = float.NaN;
                break;
            case "more tensors":
                tensors["more"] = new([1], [0]);
                break;
            case "no clients":
                metadata.Remove("clients");
                break;
            case "too much trim":
                metadata["trim"] = "3";
                break;
            case "median and more":
                metadata["median"] = "2";
                break;
            default:
                (metadata["clients"], metadata["classes"]) = ("100000", "100000");
                break;
        }
        Safetensors.Write(path, tensors, metadata);
        string message = Assert.Throws<InvalidDataException>(() => ServedRule.Read(path)).Message;
        Assert.StartsWith(path, message);
        Assert.Contains(says, message);
    }
}
