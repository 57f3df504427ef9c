using RobustInference.Aggregators;
using RobustInference.Evaluation;
using RobustInference.Probits;

namespace Tests.RobustInference.Aggregators;

public class ConstantAnswerTests
{
    static ProbitSet Labelled(params long[] labels) =>
        ProbitSet.FromProbits(
            "labelled",
            [.. labels.SelectMany(_ => new[] { 0.2f, 0.3f, 0.5f })],
            [labels.Length, 1, 3],
            labels
        );

    [Fact]
    public void The_best_class_is_the_most_frequent_and_of_equals_the_first()
    {
        using var clear = Labelled(0, 2, 1, 2);
        using var even = Labelled(2, 1, 1, 2, 0);
        Assert.Equal(2, ConstantAnswer.BestOn(clear).Answer);
        Assert.Equal(1, ConstantAnswer.BestOn(even).Answer);
    }

    [Fact]
    public void It_is_right_wherever_that_class_is_the_label()
    {
        using var data = Labelled(0, 2, 1, 2);
        using var scores = ConstantAnswer.BestOn(data).Scores(data.Probits);
        Assert.Equal([false, true, false, true], Predictions.Correct(scores, data.Labels));
    }
}
