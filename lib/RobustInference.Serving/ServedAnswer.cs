namespace RobustInference.Serving;

/// <summary>A rule's answer to one query.</summary>
/// <remarks><b>Whatever the absent clients would have said, and if at most <see cref="Radius"/> of the rows that came
/// are corrupted, the answer is the one that the honest answers of all n clients would have got.</b> It does not say
/// that the answer is right, nor how many clients are corrupted.</remarks>
/// <param name="Class">The answer, 0…K−1; −1 for a tie, which is no answer.</param>
/// <param name="Scores">K scores as the rule gives them, from the rows that came.</param>
/// <param name="Radius">How many of the rows that came may change, whichever, and every complete input still gets this
/// answer; −1 where the absent clients alone could have changed it. With nobody absent at least 0, which says
/// nothing.</param>
/// <param name="Absent">How many clients sent nothing.</param>
/// <param name="Possible">The classes that could be the answer if at most f clients are corrupted or absent, ascending;
/// null where no f was given.</param>
public sealed record ServedAnswer(
    int Class,
    IReadOnlyList<double> Scores,
    int Radius,
    int Absent,
    IReadOnlyList<int>? Possible = null
)
{
    /// <summary>Whether the answer stands if <paramref name="corrupted"/> clients are corrupted, the absent ones
    /// counted among them.</summary>
    public bool Tolerates(int corrupted) => Class >= 0 && Absent + Radius >= corrupted;
}
