using RobustInference.Aggregators;

namespace RobustInference.Evaluation;

/// <summary>Accuracy against coverage when a rule abstains from answers that corrupted clients could have
/// changed.</summary>
public static class CoverageCurve
{
    /// <summary>A point for each r = 0…, up to the greatest radius. At r = 0 every answer but a tie counts.</summary>
    /// <param name="predictions">A rule's answers; one without a radius counts at r = 0 alone.</param>
    /// <param name="labels">True classes; null where they are not known.</param>
    /// <exception cref="ArgumentException">Another number of labels.</exception>
    public static IReadOnlyList<CoveragePoint> Of(
        IReadOnlyList<Prediction> predictions,
        IReadOnlyList<long>? labels = null
    )
    {
        if (labels is not null && labels.Count != predictions.Count)
            throw new ArgumentException($"{predictions.Count} answers, but {labels.Count} labels");
        var points = new List<CoveragePoint>();
        for (int r = 0; ; r++)
        {
            int answered = 0,
                right = 0;
            for (int s = 0; s < predictions.Count; s++)
            {
                var (answer, _, radius, absent) = predictions[s];
                if (answer < 0 || (r > 0 && !(radius + absent >= r)))
                    continue;
                answered++;
                right += labels is not null && labels[s] == answer ? 1 : 0;
            }
            if (r > 0 && answered == 0)
                return points;
            points.Add(
                new(
                    r,
                    (double)answered / predictions.Count,
                    labels is null || answered == 0 ? null : (double)right / answered,
                    labels is null ? null : (double)right / predictions.Count
                )
            );
        }
    }
}
