using RobustInference.Aggregators;
using RobustInference.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Aggregators;

/// <summary>Small cases worked out with pencil and paper.</summary>
public class HandComputedTests
{
    // Five clients, three classes.
    static Tensor Five() =>
        tensor(
            new float[] { 0.5f, 0.3f, 0.2f, 0.1f, 0.6f, 0.3f, 0.2f, 0.2f, 0.6f, 0.9f, 0.1f, 0, 0.3f, 0.3f, 0.4f },
            [1, 5, 3]
        );

    static void Scores(Aggregator rule, Tensor answers, params double[] expected)
    {
        using var scores = rule.Scores(answers);
        Assert.Equal(expected.Length, scores.numel());
        float[] got = scores.data<float>().ToArray();
        for (int k = 0; k < expected.Length; k++)
            Assert.Equal(expected[k], got[k], 1e-5);
        answers.Dispose();
    }

    [Fact]
    public void The_mean_of_five() => Scores(new Mean(), Five(), 2.0 / 5, 1.5 / 5, 1.5 / 5);

    [Fact]
    public void The_median_of_five() => Scores(new CoordinateWiseMedian(), Five(), 0.3, 0.3, 0.3);

    [Fact]
    public void The_trimmed_mean_of_five() =>
        Scores(
            new CoordinateWiseTrimmedMean(1),
            Five(),
            (0.2 + 0.3 + 0.5) / 3,
            (0.2 + 0.3 + 0.3) / 3,
            (0.2 + 0.3 + 0.4) / 3
        );

    [Fact]
    public void The_median_of_four_is_the_mean_of_the_middle_two() =>
        Scores(new CoordinateWiseMedian(), Five().narrow(1, 0, 4), 0.35, 0.25, 0.25);

    [Fact]
    public void The_lower_median_of_four_is_the_second() =>
        Scores(new CoordinateWiseMedian(lower: true), Five().narrow(1, 0, 4), 0.2, 0.2, 0.2);

    [Fact]
    public void One_hot_clients_without_a_majority_leave_the_median_all_zero() =>
        Scores(new CoordinateWiseMedian(), eye(3).unsqueeze(0), 0, 0, 0);

    [Fact]
    public void The_geometric_median_of_a_regular_triangle_is_its_centre() =>
        Scores(new GeometricMedian(), eye(3).unsqueeze(0), 1 / 3.0, 1 / 3.0, 1 / 3.0);

    // The corners of a quadrangle: where its diagonals cross. (0,0)–(4,4) and (0,2)–(2,0) cross at (1, 1).
    [Fact]
    public void The_geometric_median_of_a_quadrangle_is_where_its_diagonals_cross()
    {
        using var scores = new GeometricMedian().Scores(tensor(new float[] { 0, 0, 4, 4, 0, 2, 2, 0 }, [1, 4, 2]));
        // Twenty iterations come close, no closer.
        Assert.All(scores.data<float>().ToArray(), x => Assert.Equal(1, x, 0.01));
    }

    [Fact]
    public void On_a_line_the_geometric_median_is_the_middle_point() =>
        Scores(
            new GeometricMedian(),
            tensor(new float[] { 0, 1, 0.2f, 0.8f, 0.5f, 0.5f, 0.8f, 0.2f, 1, 0 }, [1, 5, 2]),
            0.5,
            0.5
        );

    // Seven of nine at a corner, two opposite each other on the other sides of it: their pulls cancel.
    [Fact]
    public void A_point_that_holds_the_majority_is_the_geometric_median()
    {
        float[] rows =
        [
            .. Enumerable.Repeat(new float[] { 0.6f, 0.2f, 0.2f }, 7).SelectMany(x => x),
            0.2f,
            0.6f,
            0.2f,
            0.2f,
            0.2f,
            0.6f,
        ];
        Scores(new GeometricMedian(), tensor(rows, [1, 9, 3]), 0.6, 0.2, 0.2);
    }

    // ρ(z) = [[1, 2], [0, 1]]·relu([[1, 0], [0, −1]]·z + (0, ½)) + (0.1, 0), μ(v) = [[1, 0], [1, 1]]·relu([[1, −1], [0,
    // 1]]·v) + (0, 1). ρ(1, 0) = (2.1, 0.5), ρ(0, 1) = (0.1, 0), ρ(½, ½) = (0.6, 0).
    static DeepSetNetwork Tiny()
    {
        var network = new DeepSetNetwork(2, 2, 0);
        using var untracked = no_grad();
        Set(network.RhoIn, [1, 0, 0, -1], [0, 0.5f]);
        Set(network.RhoOut, [1, 2, 0, 1], [0.1f, 0]);
        Set(network.MuIn, [1, -1, 0, 1], [0, 0]);
        Set(network.MuOut, [1, 0, 1, 1], [0, 1]);
        return network;

        static void Set(TorchSharp.Modules.Linear layer, float[] weight, float[] bias)
        {
            layer.weight!.copy_(tensor(weight, [2, 2]));
            layer.bias!.copy_(tensor(bias));
        }
    }

    static Tensor Three() => tensor(new float[] { 1, 0, 0, 1, 0.5f, 0.5f }, [1, 3, 2]);

    [Fact]
    public void Encodings_by_hand()
    {
        using var encodings = Tiny().Encode(Three());
        Assert.Equal([2.1, 0.5, 0.1, 0, 0.6, 0], encodings.data<float>().ToArray().Select(x => Math.Round(x, 5)));
    }

    // The mean encoding is (2.8, 0.5)/3; μ's hidden units are (2.3, 0.5)/3.
    [Fact]
    public void DeepSet_by_hand() => Scores(new DeepSet(Tiny()), Three(), 2.3 / 3, 2.8 / 3 + 1);

    // The median encoding is (0.6, 0).
    [Fact]
    public void DeepSet_with_the_trimmed_mean_by_hand() => Scores(new DeepSetTrimmedMean(Tiny(), 1), Three(), 0.6, 1.6);

    [Fact]
    public void Conditioned_on_two_honest_clients_the_tiny_DeepSet_gives_the_same()
    {
        using var answers = Three();
        foreach (int liar in new[] { 0, 1, 2 })
        {
            using var given = new DeepSet(Tiny()).Given(answers, [liar]);
            using var scores = given.Scores(answers.narrow(1, liar, 1));
            Assert.Equal(
                [Math.Round(2.3 / 3, 5), Math.Round(2.8 / 3 + 1, 5)],
                scores.data<float>().ToArray().Select(x => Math.Round(x, 5))
            );
        }
    }
}
