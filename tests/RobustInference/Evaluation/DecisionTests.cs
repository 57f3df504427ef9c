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
    [InlineData(new[] { float.NegativeInfinity, -1f, float.NegativeInfinity }, 1, true)]
    public void A_tie_is_lost(float[] scores, int label, bool right)
    {
        using var rows = tensor(scores, [1, 3]);
        using var labels = tensor(new long[] { label });
        Assert.Equal([right], Predictions.Correct(rows, labels));
    }

    [Theory]
    [InlineData(new[] { float.NaN, 0.3f, 0.2f }, 0, 0), InlineData(new[] { 0.9f, float.NaN, 0f }, 0, 1)]
    [InlineData(new[] { 0.1f, 0.9f, float.NaN }, 0, 2)]
    public void A_NaN_is_no_answer_but_an_error_that_names_the_sample(float[] scores, int label, int worst)
    {
        using var rows = tensor([1, 0, 0, .. scores], [2, 3]);
        using var labels = tensor(new long[] { 0, label });
        string Message(long[]? samples) =>
            Assert.Throws<InvalidDataException>(() => Predictions.Correct(rows, labels, samples)).Message;
        Assert.Equal($"sample 1: the score of class {worst} is not a number", Message(null));
        Assert.Equal($"sample 17: the score of class {worst} is not a number", Message([4, 17]));
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
