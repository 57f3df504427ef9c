namespace RobustInference.Catalogue;

/// <summary>Settings of logit flipping.</summary>
/// <param name="Amplification">a: 2 in the tables, 1…16 in Figure 2.</param>
public sealed record LogitFlippingSettings(double Amplification = 2);
