using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Probits;

namespace RobustInference.Training;

/// <summary>A trained DeepSet as a file holds it.</summary>
/// <param name="Network">The weights.</param>
/// <param name="Trim">t.</param>
/// <param name="Corrupted">f in training.</param>
/// <param name="IsCertified">Whether <see cref="CertifiedTraining"/> made it, and not
/// <see cref="AdversarialTraining"/>.</param>
public sealed record TrainedDeepSet(DeepSetNetwork Network, int Trim, int Corrupted, bool IsCertified) : ITrainedRule
{
    /// <summary>The rule under its own name: <see cref="CertifiedDeepSet"/> or
    /// <see cref="DeepSetTrimmedMean"/>.</summary>
    public Aggregator Rule => IsCertified ? new CertifiedDeepSet(Network, Trim) : new DeepSetTrimmedMean(Network, Trim);

    public void CheckFits(string path, ProbitSet answers)
    {
        if (Network.Classes != answers.Classes)
            throw new InvalidDataException(
                $"{path}: was trained for {Network.Classes} classes, the answers have {answers.Classes}"
            );
        if (2 * Trim >= answers.Clients)
            throw new InvalidDataException(
                $"{path}: trims {Trim} rows on each side, too many for {answers.Clients} clients"
            );
    }

    public void Deconstruct(out DeepSetNetwork network, out int trim) => (network, trim) = (Network, Trim);
}
