using System.Text.Json;
using RobustInference.Aggregators;
using RobustInference.Numerics;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.Workbook.Benchmarks;

public class BenchmarkTests
{
    // No threshold on time: a busy machine decides that, and a test must not.
    [Fact]
    public void Order_statistics_yields_two_times_and_their_ratio()
    {
        var result = WorkbookProcess.Run("bench", "order-statistics", "--json");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var rows = JsonDocument.Parse(result.Output).RootElement.GetProperty("rows").EnumerateArray().ToArray();
        Assert.All(
            rows,
            row => Assert.Equal(["name", "value", "unit"], row.EnumerateObject().Select(property => property.Name))
        );
        var ratio = Assert.Single(rows, row => row.GetProperty("name").GetString() == "ratio");
        Assert.Equal("x", ratio.GetProperty("unit").GetString());
        double[] times =
        [
            .. rows.Where(row => row.GetProperty("unit").GetString() == "ms")
                .Select(row => row.GetProperty("value").GetDouble()),
        ];
        Assert.Equal(times[0] / times[1], ratio.GetProperty("value").GetDouble(), 1e-9);
    }

    [Fact]
    public void Certificates_are_timed_rule_by_rule_and_summed()
    {
        using var answers = SyntheticProbits.Draw(50, 9, 4, seed: 1);
        var rows = CertificatesBenchmark.Run(answers, corrupted: 2);
        var sum = Assert.Single(rows, row => row.Name == "sum");
        Assert.Equal(rows.TakeWhile(row => row != sum).Sum(row => row.Value), sum.Value, 1e-9);
        Assert.All(rows, row => Assert.Equal("s", row.Unit));
        Assert.All(
            [
                "DeepSet-TM of 256 units, latent box, any",
                "DeepSet-TM of 128 units, radii",
                "CWTM, exact, fixed",
                "CWTM, exact, any",
                "CWTM, Theorem 1, any",
                "Plurality vote, exact, any",
            ],
            name => Assert.Contains(rows, row => row.Name == name)
        );
    }

    [Fact]
    public void The_plain_rules_are_the_rules_with_the_gradient_of_the_mean_through_sorts()
    {
        using var scope = NewDisposeScope();
        var network = EveryRule.Network(6);
        foreach (
            var (name, plain) in new (string, Func<Tensor, Tensor>)[]
            {
                ("Mean", PlainRules.Mean),
                ("CWMed", PlainRules.Median),
                ("CWTM", rows => PlainRules.TrimmedMean(rows, 2)),
                ("GM", PlainRules.GeometricMedian),
                ("DeepSet", rows => PlainRules.DeepSet(network, rows)),
                ("DeepSet-TM", rows => PlainRules.DeepSetTrimmedMean(network, rows, 2)),
            }
        )
        {
            var rows = EveryRule.Rows(1, 20, 8, 6).requires_grad_();
            var scores = plain(rows);
            Assert.InRange(
                EveryRule.Distance(EveryRule.Named(name).Create(6, 2).Scores(rows.detach()), scores.detach()),
                0,
                2e-5
            );
            var exact = rows.detach().to(ScalarType.Float64).requires_grad_();
            var outer = EveryRule.Rows(2, 20, 1, 6).squeeze(1);
            scores.backward([outer]);
            EveryRule.Named(name).Define(6, 2, SortGradient.Mean)(exact).backward([outer.to(ScalarType.Float64)]);
            Assert.InRange(EveryRule.Distance(exact.grad!, rows.grad!), 0, 1e-3);
        }
    }

    [Fact]
    public void Sides_take_turns_and_the_first_turn_is_not_counted()
    {
        var calls = new List<int>();
        double[] seconds = InterleavedTimer.Seconds(
            3,
            () => calls.Add(0),
            () =>
            {
                calls.Add(1);
                Thread.Sleep(calls.Count == 2 ? 300 : 5);
            }
        );
        Assert.Equal([0, 1, 0, 1, 0, 1, 0, 1], calls);
        Assert.InRange(seconds[1], 0.004, 0.25);
    }

    [Fact]
    public void Client_training_is_compared_with_the_plain_loop_and_with_two_at_once()
    {
        var rows = ClientsBenchmark.Run(count: 2, rounds: 1, width: 8).ToDictionary(row => row.Name, row => row.Value);
        Assert.Equal(
            rows["this program"] / rows["plain TorchSharp"],
            rows["ratio to plain TorchSharp"],
            1e-9 * rows["ratio to plain TorchSharp"]
        );
        Assert.InRange(rows["two clients on two threads, images of both"], double.Epsilon, double.MaxValue);
    }

    [Fact]
    public void A_made_up_ensemble_of_a_hundred_classes_is_about_half_right()
    {
        using var scope = NewDisposeScope();
        using var drawn = SyntheticProbits.Draw(2000, 17, 100, seed: 0);
        double right = drawn.Probits.mean([1L]).argmax(1).eq(drawn.Labels).to(ScalarType.Float64).mean().ToDouble();
        Assert.InRange(right, 0.4, 0.6);
    }
}
