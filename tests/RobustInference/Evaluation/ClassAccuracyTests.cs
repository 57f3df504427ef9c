using RobustInference.Evaluation;

namespace Tests.RobustInference.Evaluation;

public class ClassAccuracyTests
{
    [Fact]
    public void A_class_that_is_never_right_shows_where_the_mean_hides_it() =>
        Assert.Equal(
            [2.0 / 3, 0, 1, 0],
            ClassAccuracy.Of([true, true, false, false, true], [0, 0, 0, 1, 2], classes: 4)
        );
}
