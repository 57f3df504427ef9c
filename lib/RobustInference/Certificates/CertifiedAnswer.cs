namespace RobustInference.Certificates;

/// <summary>An answer with its certified radius r: every input that differs from the received one in at most r rows
/// gets the same answer.</summary>
/// <remarks>Hence, <b>if at most r of the received rows are corrupted, the answer is the one that the uncorrupted rows
/// would have got</b>. It does not say that the answer is right, nor how many lie. The radius of a learned rule is at
/// most its t.
/// </remarks>
/// <param name="Class">The answer, 0…K−1.</param>
/// <param name="Radius">r in 0…t; 0 says nothing, also for a tie.</param>
public readonly record struct CertifiedAnswer(int Class, int Radius);
