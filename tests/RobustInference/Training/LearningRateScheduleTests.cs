using RobustInference.Training;

namespace Tests.RobustInference.Training;

public class LearningRateScheduleTests
{
    [Fact]
    public void Without_a_rise_it_is_half_a_cosine_from_peak_to_end()
    {
        var schedule = new LearningRateSchedule(0.01, 0.001, 0, 100);
        Assert.Equal(0.01, schedule.At(0), 12);
        Assert.Equal((0.01 + 0.001) / 2, schedule.At(50), 12);
        Assert.Equal(0.001 + 0.009 * (1 - Math.Sqrt(0.5)) / 2, schedule.At(75), 12);
        Assert.Equal(0.001, schedule.At(100), 12);
    }

    [Fact]
    public void It_rises_evenly_to_the_peak_and_then_falls()
    {
        var schedule = new LearningRateSchedule(1, 0, 0.1, 100);
        Assert.Equal([0.1, 0.2, 0.3], new long[] { 0, 1, 2 }.Select(step => Math.Round(schedule.At(step), 12)));
        Assert.Equal(1, schedule.At(9), 12);
        Assert.Equal(1, schedule.At(10), 12);
        Assert.Equal(0.5, schedule.At(55), 12);
        Assert.Equal(0, schedule.At(100), 12);
    }

    [Fact]
    public void Too_few_steps_for_a_rise_have_none() =>
        Assert.Equal(1, new LearningRateSchedule(1, 0, 0.1, 9).At(0), 12);
}
