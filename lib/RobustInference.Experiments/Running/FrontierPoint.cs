using RobustInference.Training;

namespace RobustInference.Running;

/// <summary>Where one recipe of certified training stands between clean and certified accuracy.</summary>
/// <param name="Recipe">How it was trained.</param>
/// <param name="Trim">Its t.</param>
/// <param name="HeldOutClean">0…1, on the held-out part of the validation data; recipes are chosen by these two. Null
/// where nothing was held out.</param>
/// <param name="HeldOutCertified">0…1; against a fixed set the mean over some sets.</param>
/// <param name="TestClean">0…1, on the test set; null where it was not read.</param>
/// <param name="TestCertified">0…1; against a fixed set for the frontier's own.</param>
public sealed record FrontierPoint(
    CertifiedRecipe Recipe,
    int Trim,
    double? HeldOutClean,
    double? HeldOutCertified,
    double? TestClean = null,
    double? TestCertified = null
);
