using RobustInference.Aggregators;
using RobustInference.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Aggregators;

/// <summary>Votes with drawn weights, larger than at the start of training, so that ReLUs and softmax matter.</summary>
static class DrawnVotes
{
    public static VoteNetwork Network(
        int clients,
        int classes,
        int members = 1,
        int embedding = 3,
        long seed = 5,
        double scale = 4
    )
    {
        var network = new VoteNetwork([
            .. Enumerable
                .Range(0, members)
                .Select(m => new VoteMember(clients, classes, hidden: 11, embedding, seed, m)),
        ]);
        using var untracked = no_grad();
        foreach (var (member, m) in network.Members.Select((member, m) => (member, m)))
        {
            foreach (var (name, weights) in member.named_parameters())
                if (name != "influence")
                    weights.mul_(scale);
            member.Bias.copy_(tensor(Enumerable.Range(0, classes).Select(k => 0.3f * (k - m) - 0.4f).ToArray()));
        }
        foreach (var weights in network.parameters())
            weights.requires_grad = false;
        return network;
    }

    /// <summary>Gives client i the influence 1/(i+1).</summary>
    public static VoteNetwork WithInfluences(this VoteNetwork network)
    {
        using var untracked = no_grad();
        foreach (var member in network.Members)
            member.Influence.copy_(tensor(Enumerable.Range(0, network.Clients).Select(i => 1f / (i + 1)).ToArray()));
        return network;
    }
}
