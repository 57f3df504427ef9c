using RobustInference.Networks;
using RobustInference.Probits;
using static TorchSharp.torch;

namespace RobustInference.Certificates;

/// <summary>What holds for a rule on calibrated rows: what its own certificate says of them, since a corrupted client's
/// calibrated row is on the simplex whatever it sends.</summary>
/// <remarks>A lower bound even where the inner certificate is exact: a client's calibration need not reach a corner of
/// the simplex.</remarks>
/// <param name="calibration">The weights.</param>
/// <param name="inner">Of the rule on calibrated rows.</param>
public sealed class CalibratedCertificate(ClientCalibration calibration, ICertificate inner) : ICertificate
{
    public string Name => $"{inner.Name}, calibrated";

    public bool IsExact => false;

    public bool SharesSets => inner.SharesSets;

    public Tensor Margins(ProbitSet answers, Adversary adversary, ThreatModel threat)
    {
        using var calibrated = answers.Mapped(rows => calibration.Of(rows));
        return inner.Margins(calibrated, adversary, threat);
    }

    public bool[] ArePositive(ProbitSet answers, Adversary adversary, ThreatModel threat)
    {
        using var calibrated = answers.Mapped(rows => calibration.Of(rows));
        return inner.ArePositive(calibrated, adversary, threat);
    }

    public IReadOnlyList<bool[]> ArePositive(ProbitSet answers, IReadOnlyList<ThreatModel> sets)
    {
        using var calibrated = answers.Mapped(rows => calibration.Of(rows));
        return inner.ArePositive(calibrated, sets);
    }

    public int[] Radii(ProbitSet received, int most)
    {
        using var calibrated = received.Mapped(rows => calibration.Of(rows));
        return inner.Radii(calibrated, most);
    }
}
