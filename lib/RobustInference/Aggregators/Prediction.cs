namespace RobustInference.Aggregators;

/// <summary>A rule's answer to one query.</summary>
/// <remarks><b>If at most <see cref="Radius"/> of the received rows are corrupted, the answer is the one that the
/// uncorrupted rows would have got.</b> It does not say that the answer is right, nor how many clients are corrupted.
/// The radius of a rule that trims t rows is at most t.</remarks>
/// <param name="Class">The answer, 0…K−1; −1 for a tie, which is no answer.</param>
/// <param name="Scores">K scores as the rule gives them, not normalised.</param>
/// <param name="Radius">Every input that differs from the received one in at most so many rows gets the same answer; 0
/// says nothing, −1 says that the absent clients alone could have changed it; null for a rule without a
/// certificate.</param>
/// <param name="Absent">How many clients sent nothing. Whatever they would have said is allowed for: the answer is
/// certified for so many corrupted clients as are absent, and <paramref name="Radius"/> more.</param>
public sealed record Prediction(int Class, IReadOnlyList<float> Scores, int? Radius, int Absent = 0);
