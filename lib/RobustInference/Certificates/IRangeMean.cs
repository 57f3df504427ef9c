namespace RobustInference.Certificates;

/// <summary>A rule whose score of a class is a mean of order statistics of that class's column alone: mean, median and
/// trimmed mean differ in the range only.</summary>
/// <remarks>Such a rule is monotone in every coordinate, and its worst case is known
/// exactly.</remarks>
public interface IRangeMean
{
    /// <summary>The order statistics From…To−1 (from 0, ascending) that are averaged.</summary>
    /// <param name="clients">n; an empty range means that they are too few.</param>
    (int From, int To) Kept(int clients);
}
