using RobustInference.Evaluation;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Evaluation;

public class DecisionTests
{
    [Theory]
    [InlineData(new[] { 0.5f, 0.3f, 0.2f }, 0, true), InlineData(new[] { 0.5f, 0.3f, 0.2f }, 1, false)]
    [
        InlineData(new[] { 0.4f, 0.4f, 0.2f }, 0, false),
        InlineData(new[] { 0.4f, 0.4f, 0.2f }, 1, false),
        InlineData(new[] { 0.4f, 0.3f, 0.3f }, 0, true)
    ]
    [InlineData(new[] { 0f, 0f, 0f }, 0, false)]
    [
        InlineData(new[] { float.NaN, 0.3f, 0.2f }, 0, false),
        InlineData(new[] { 0.9f, float.NaN, 0f }, 0, false),
        InlineData(new[] { float.NaN, 0.9f, 0f }, 1, false)
    ]
    [InlineData(new[] { float.NegativeInfinity, -1f, float.NegativeInfinity }, 1, true)]
    public void A_tie_or_a_NaN_is_lost(float[] scores, int label, bool right)
    {
        using var rows = tensor(scores, [1, 3]);
        using var labels = tensor(new long[] { label });
        Assert.Equal([right], Predictions.Correct(rows, labels));
    }

    [Fact]
    public void Each_sample_is_judged_by_its_own_row_and_label_in_any_layout()
    {
        // rows (1, 0, 5), (0, 3, 4), (0, 2, 9)
        using var rows = tensor(new float[] { 1, 0, 0, 0, 3, 2, 5, 4, 9 }, [3, 3]).t();
        using var labels = tensor(new long[] { 2, 1, 2 });
        Assert.Equal([true, false, true], Predictions.Correct(rows, labels));
        Assert.Equal([true, false, true], Predictions.Correct(rows.to(ScalarType.Float64), labels));
    }
}
