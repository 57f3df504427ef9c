using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Probits;

namespace RobustInference.Training;

/// <summary>A trained CertifiedVote as a file holds it.</summary>
/// <param name="Network">The weights.</param>
/// <param name="Corrupted">f in training; the rule itself does not depend on it.</param>
/// <param name="Adversary">The threat model in training; its certificate holds for both.</param>
public sealed record TrainedVote(VoteNetwork Network, int Corrupted, Adversary Adversary) : ITrainedRule
{
    public Aggregator Rule => new CertifiedVote(Network);

    public void CheckFits(string path, ProbitSet answers)
    {
        if ((Network.Clients, Network.Classes) != (answers.Clients, answers.Classes))
            throw new InvalidDataException(
                $"{path}: was trained for {Network.Clients} clients and {Network.Classes} classes, the answers have "
                    + $"{answers.Clients} and {answers.Classes}"
            );
    }
}
