using RobustInference.Numerics;

namespace RobustInference.Catalogue;

/// <summary>Settings of PGD-cw.</summary>
/// <param name="Steps">50 in the tables, up to 500 in Table 10.</param>
/// <param name="Gradient">What the backward pass does at a sort; BPDA in the tables.</param>
public sealed record ProjectedGradientSettings(int Steps = 50, SortGradient Gradient = SortGradient.Mean);
