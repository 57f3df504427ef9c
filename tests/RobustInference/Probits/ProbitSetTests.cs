using CsCheck;
using RobustInference.Probits;

namespace Tests.RobustInference.Probits;

public class ProbitSetTests
{
    [Fact]
    public void Probits_are_the_softmax_of_logits()
    {
        using var set = ProbitSet.FromLogits("x", [MathF.Log(1), MathF.Log(2), MathF.Log(5)], [1, 1, 3], [2]);
        Assert.Equal([0.125, 0.25, 0.625], set.Probits.data<float>().ToArray().Select(p => Math.Round(p, 6)));
    }

    [Fact]
    public void Logits_are_the_logarithm_of_probits_and_a_zero_becomes_the_least_probability()
    {
        using var set = ProbitSet.FromProbits("x", [0, 0.25f, 0.75f], [1, 1, 3], [2]);
        Assert.Equal(
            [Math.Log(1e-12), Math.Log(0.25), Math.Log(0.75)],
            set.Logits.data<float>().ToArray().Select(x => (double)x),
            (a, b) => Math.Abs(a - b) < 1e-5
        );
    }

    [Fact]
    public void Rows_within_a_thousandth_of_1_are_scaled_to_1()
    {
        using var set = ProbitSet.FromProbits("x", [0.5f, 0.4995f], [1, 1, 2], [0]);
        Assert.Equal(1, set.Probits.sum().item<float>(), 6);
        var refused = Assert.Throws<InvalidDataException>(() =>
            ProbitSet.FromProbits("x", [0.5f, 0.498f], [1, 1, 2], [0])
        );
        Assert.Equal("x, sample 0, client 0: the probabilities sum to 0.998, not to 1", refused.Message);
    }

    [Fact]
    public void Whatever_the_logits_are_every_row_lies_on_the_simplex() =>
        Gen.Float[-80, 80]
            .Array[12]
            .Sample(
                logits =>
                {
                    using var set = ProbitSet.FromLogits("x", logits, [2, 2, 3], [0, 2]);
                    float[] probits = set.Probits.data<float>().ToArray();
                    Assert.All(probits, p => Assert.InRange(p, 0, 1));
                    for (int row = 0; row < 4; row++)
                        Assert.Equal(1, probits.AsSpan(3 * row, 3).ToArray().Sum(), 5);
                },
                iter: 100
            );

    [Fact]
    public void What_is_given_in_is_copied()
    {
        float[] logits = [1, 2];
        using var set = ProbitSet.FromLogits("x", logits, [1, 1, 2], [0]);
        logits[0] = 100;
        Assert.Equal([1, 2], set.Logits.data<float>().ToArray());
    }

    [Fact]
    public void A_selection_holds_the_samples_asked_for_in_that_order()
    {
        using var set = ProbitSet.FromLogits("x", [0, 1, 2, 3, 4, 5], [3, 1, 2], [0, 1, 0]);
        using var two = set.Select([2, 1]);
        Assert.Equal([4, 5, 2, 3], two.Logits.data<float>().ToArray());
        Assert.Equal([0, 1], two.Labels.data<long>().ToArray());
    }

    [Fact]
    public void Views_go_where_their_samples_go()
    {
        var plain = ProbitSet.FromLogits("x", [0, 1, 2, 3, 4, 5], [3, 1, 2], [0, 1, 0]);
        using var set = plain.WithViews([
            ProbitSet.FromLogits("v", [10, 11, 12, 13, 14, 15], [3, 1, 2], [0, 1, 0]),
            ProbitSet.FromLogits("v", [20, 21, 22, 23, 24, 25], [3, 1, 2], [0, 1, 0]),
        ]);
        plain.Dispose();
        ProbitSet selected = set.Select([2, 1]),
            shared = selected.Shared(),
            there = shared.To(TorchSharp.torch.CPU);
        selected.Dispose();
        shared.Dispose();
        Assert.Equal([4, 5, 2, 3], there.Logits.data<float>().ToArray());
        Assert.Equal(
            [
                [14, 15, 12, 13],
                [24, 25, 22, 23],
            ],
            there.Views.Select(view => view.Logits.data<float>().ToArray())
        );
        Assert.All(there.Views, view => Assert.Equal([0, 1], view.Labels.data<long>().ToArray()));
        using var mapped = there.Mapped(rows => rows.flip(2));
        Assert.Equal(
            there.Views[1].Probits.flip(2).data<float>().ToArray(),
            mapped.Views[1].Probits.data<float>().ToArray()
        );
        using var joined = ProbitSet.Join([there, .. there.Views]);
        Assert.Equal((6, 0), (joined.Samples, joined.Views.Count));
        there.Dispose();
        Assert.Throws<InvalidOperationException>(() => there.Views[0].Logits.data<float>());
    }

    [Fact]
    public void A_view_of_other_samples_is_refused()
    {
        using var set = ProbitSet.FromLogits("x", [0, 1, 2, 3], [2, 1, 2], [0, 1]);
        using var shorter = set.Select([0]);
        using var otherwise = set.WithLabels([1, 1]);
        Assert.Contains(
            "has the shape (1, 1, 2)",
            Assert.Throws<InvalidDataException>(() => set.WithViews([shorter])).Message
        );
        Assert.Contains(
            "view 1 has other labels",
            Assert.Throws<InvalidDataException>(() => set.WithViews([set.Shared(), otherwise])).Message
        );
    }

    [Fact]
    public void The_same_answers_may_carry_other_labels_and_outlive_the_first()
    {
        var set = ProbitSet.FromLogits("x", [0, 1, 2, 3], [2, 1, 2], [0, 1]);
        using var other = set.WithLabels([1, 1]);
        set.Dispose();
        Assert.Equal([0, 1, 2, 3], other.Logits.data<float>().ToArray());
        Assert.Equal([1, 1], other.Labels.data<long>().ToArray());
        Assert.Throws<ArgumentException>(() => other.WithLabels([1]));
        Assert.Throws<ArgumentException>(() => other.WithLabels([1, 2]));
    }

    [Fact]
    public void An_arrangement_puts_the_clients_of_each_sample_in_an_order_of_its_own()
    {
        using var set = ProbitSet.FromLogits("x", [0, 1, 2, 3, 4, 5, 6, 7], [2, 2, 2], [0, 1]);
        using var order = TorchSharp.torch.tensor(new long[] { 1, 0, 0, 1 }, [2, 2]);
        using var arranged = set.Arrange(order);
        Assert.Equal([2, 3, 0, 1, 4, 5, 6, 7], arranged.Logits.data<float>().ToArray());
        Assert.Equal([0, 1], arranged.Labels.data<long>().ToArray());
        using var wrong = TorchSharp.torch.zeros(2, 3, dtype: TorchSharp.torch.ScalarType.Int64);
        Assert.Contains(
            "order of 2 clients for 2 samples",
            Assert.Throws<ArgumentException>(() => set.Arrange(wrong)).Message
        );
    }

    [Fact]
    public void A_set_outlives_the_dispose_scope_that_it_was_made_in()
    {
        ProbitSet set;
        using (TorchSharp.torch.NewDisposeScope())
            set = ProbitSet.FromProbits("x", [0.5f, 0.5f], [1, 1, 2], [1]);
        using (set)
            Assert.Equal((1, 1, 2), (set.Samples, set.Clients, set.Classes));
    }

    [Theory]
    [InlineData(new long[] { 2, 2 }, new long[] { 0, 1 }, "x: the shape is (2, 2), wanted (samples, clients, classes)")]
    [InlineData(new long[] { 2, 1, 3 }, new long[] { 0, 1 }, "x: 4 numbers do not fill the shape (2, 1, 3)")]
    [InlineData(new long[] { 2, 1, 2 }, new long[] { 0 }, "x: 2 samples, but 1 labels")]
    [InlineData(new long[] { 2, 1, 2 }, new long[] { 0, 2 }, "x, sample 1: label 2 is not in 0…1")]
    [InlineData(
        new long[] { 4, 1, 1 },
        new long[] { 0, 0, 0, 0 },
        "x: 1 clients and 1 classes; at least 1 client and 2 classes are needed"
    )]
    public void Shapes_and_labels_that_disagree_are_told_apart(long[] shape, long[] labels, string message) =>
        Assert.Equal(
            message,
            Assert.Throws<InvalidDataException>(() => ProbitSet.FromLogits("x", new float[4], shape, labels)).Message
        );
}
