using RobustInference.Aggregators;
using RobustInference.Numerics;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Numerics;

public class WeiszfeldTests
{
    /// <summary>Iterations in double precision from the mean, row by row, as many as asked for.</summary>
    static double[] Plain(double[][] rows, int iterations, double stop)
    {
        double[] z = [.. Enumerable.Range(0, rows[0].Length).Select(k => rows.Average(row => row[k]))];
        for (int i = 0; i < iterations; i++)
        {
            double[] weights = [.. rows.Select(row => 1 / Math.Max(Distance(row, z), 1e-8))];
            double[] next =
            [
                .. Enumerable
                    .Range(0, z.Length)
                    .Select(k => rows.Zip(weights, (row, w) => row[k] * w).Sum() / weights.Sum()),
            ];
            double moved = Distance(next, z);
            z = next;
            if (moved <= stop)
                break;
        }
        return z;
    }

    static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());

    static double[][] Sample(Tensor rows, int sample) =>
        [
            .. Enumerable
                .Range(0, (int)rows.shape[1])
                .Select(i => rows[sample, i].data<float>().ToArray().Select(x => (double)x).ToArray()),
        ];

    [Fact]
    public void The_kernel_makes_the_paper_s_twenty_iterations()
    {
        using var rows = EveryRule.Rows(1, 100, 9, 6);
        using var median = Weiszfeld.Median(rows);
        for (int s = 0; s < 100; s++)
        {
            double[] expected = Plain(Sample(rows, s), 20, 1e-6);
            for (int k = 0; k < 6; k++)
                Assert.Equal(expected[k], median[s, k].ToDouble(), 2e-5);
        }
    }

    [Fact]
    public void It_comes_close_to_the_converged_median()
    {
        using var rows = EveryRule.Rows(2, 50, 17, 10);
        using var median = Weiszfeld.Median(rows);
        for (int s = 0; s < 50; s++)
        {
            double[][] own = Sample(rows, s);
            double[] converged = Plain(own, 20_000, 1e-13),
                got = [.. median[s].data<float>().ToArray().Select(x => (double)x)],
                mean = Plain(own, 0, 0);
            double Sum(double[] at) => own.Sum(row => Distance(row, at));
            Assert.True(Sum(got) - Sum(converged) < 1e-3 * Sum(converged));
            Assert.True(Sum(got) < Sum(mean));
        }
    }

    [Fact]
    public void The_path_through_torch_and_the_kernel_agree()
    {
        using var scope = NewDisposeScope();
        var rows = EveryRule.Rows(3, 64, 8, 5, oneHot: true);
        var tracked = rows.clone().requires_grad_();
        Assert.InRange(
            EveryRule.Distance(new GeometricMedian().Scores(tracked).detach(), Weiszfeld.Median(rows)),
            0,
            2e-5
        );
        Assert.InRange(
            EveryRule.Distance(new GeometricMedian().Scores(rows.to(ScalarType.Float64)), Weiszfeld.Median(rows)),
            0,
            2e-5
        );
    }

    [Fact]
    public void The_gradient_is_the_difference_quotient()
    {
        const int Samples = 12,
            Clients = 6,
            Classes = 4,
            Changing = 2;
        const double Step = 1e-5;
        using var scope = NewDisposeScope();
        Tensor rows = EveryRule.Rows(4, Samples, Clients, Classes),
            outer = EveryRule.Rows(5, Samples, 1, Classes).squeeze(1).contiguous();
        var gradient = Weiszfeld.Gradient(rows, outer, Changing);
        for (int s = 0; s < Samples; s++)
        {
            double[] weights = [.. outer[s].data<float>().ToArray().Select(x => (double)x)];
            double Value(int client, int k, double by)
            {
                double[][] own = Sample(rows, s);
                own[client][k] += by;
                return Plain(own, 20, 0).Zip(weights, (x, w) => x * w).Sum();
            }
            for (int i = 0; i < Changing; i++)
            for (int k = 0; k < Classes; k++)
                Assert.Equal(
                    (Value(Clients - Changing + i, k, Step) - Value(Clients - Changing + i, k, -Step)) / (2 * Step),
                    gradient[s, i, k].ToDouble(),
                    2e-3
                );
        }
    }

    [Fact]
    public void A_median_that_sits_on_a_point_has_finite_gradients()
    {
        using var scope = NewDisposeScope();
        var rows = EveryRule.Rows(6, 1, 1, 4).expand(3, 5, 4).contiguous();
        Assert.True(Weiszfeld.Gradient(rows, ones(3, 4), 2).isfinite().all().ToBoolean());
    }

    [Fact]
    public void Every_number_of_samples_fills_the_lanes_alike()
    {
        using var scope = NewDisposeScope();
        var rows = EveryRule.Rows(7, 40, 7, 5);
        var all = Weiszfeld.Median(rows);
        for (int count = 0; count <= 40; count++)
            Assert.Equal(
                0,
                EveryRule.Distance(all.narrow(0, 0, count), Weiszfeld.Median(rows.narrow(0, 0, count).contiguous()))
            );
    }
}
