namespace RobustInference.Training;

/// <summary>A linear rise from 0, then half a cosine from the peak down to the end (Loshchilov and Hutter,
/// 2017).</summary>
/// <param name="peak">Learning rate where the cosine begins.</param>
/// <param name="end">Learning rate that the cosine would reach after the last step.</param>
/// <param name="warmUp">Share of the steps that rise, in [0, 1).</param>
/// <param name="steps">All steps.</param>
public readonly struct LearningRateSchedule(double peak, double end, double warmUp, double steps)
{
    readonly double rising = Math.Floor(warmUp * steps);

    /// <summary>The learning rate of step <paramref name="step"/>, from 0.</summary>
    public double At(long step) =>
        step < rising
            ? peak * (step + 1) / rising
            : end + (peak - end) * 0.5 * (1 + Math.Cos(Math.PI * (step - rising) / (steps - rising)));
}
