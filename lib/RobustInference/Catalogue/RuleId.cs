namespace RobustInference.Catalogue;

/// <summary>Ids of the rules that come with the library. Recorded results carry them: they never change.</summary>
public static class RuleId
{
    public const string Mean = "Mean";
    public const string CoordinateWiseMedian = "CWMed";
    public const string GeometricMedian = "GM";
    public const string CoordinateWiseTrimmedMean = "CWTM";
    public const string PluralityVote = "Plurality vote";
    public const string Constant = "Constant";
    public const string DeepSet = "DeepSet";
    public const string DeepSetTrimmedMean = "DeepSet-TM";
    public const string CertifiedDeepSet = "CertifiedDeepSet";
    public const string CertifiedVote = "CertifiedVote";

    /// <summary>The coordinate-wise median of calibrated clients.</summary>
    public const string CalibratedMedian = "Calibrated CWMed";

    /// <summary>The coordinate-wise trimmed mean of calibrated clients.</summary>
    public const string CalibratedTrimmedMean = "Calibrated CWTM";

    /// <summary>DeepSet-TM of calibrated clients.</summary>
    public const string CalibratedDeepSet = "Calibrated DeepSet-TM";

    public const string Copur = "COPUR";
    public const string ManifoldProjection = "Manifold projection";
    public const string Krum = "Krum";
    public const string MultiKrum = "Multi-Krum";
    public const string CentredClipping = "Centred clipping";
    public const string TrimmedVote = "Trimmed vote";

    /// <summary>Nearest-neighbour mixing before the trimmed mean.</summary>
    public const string MixedTrimmedMean = "NNM + CWTM";

    /// <summary>Nearest-neighbour mixing before Krum.</summary>
    public const string MixedKrum = "NNM + Krum";

    public const string Bulyan = "Bulyan";

    /// <summary>Bucketing before the trimmed mean.</summary>
    public const string BucketedTrimmedMean = "Bucketing + CWTM";

    /// <summary>Bucketing before Krum.</summary>
    public const string BucketedKrum = "Bucketing + Krum";

    /// <summary>A trained rule that was read from a file.</summary>
    public const string TrainedFile = "Trained file";
}
