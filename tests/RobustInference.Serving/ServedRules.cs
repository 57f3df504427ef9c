using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Serving;

/// <summary>A rule that has a twin without torch.</summary>
/// <param name="Name">In the names of tests.</param>
/// <param name="Create">The rule for n, K and t.</param>
/// <param name="IsExact">Whether its radius and its answer sets are exact.</param>
public sealed record ServedRow(string Name, Func<int, int, int, Aggregator> Create, bool IsExact = false)
{
    public override string ToString() => Name;
}

/// <summary>Every such rule, a row each.</summary>
public static class ServedRules
{
    public static IReadOnlyList<ServedRow> All { get; } =
    [
        new("Mean", (_, _, _) => new Mean(), IsExact: true),
        new("CWMed", (_, _, _) => new CoordinateWiseMedian(), IsExact: true),
        new("CWMed, lower", (_, _, _) => new CoordinateWiseMedian(lower: true), IsExact: true),
        new("CWTM", (_, _, t) => new CoordinateWiseTrimmedMean(t), IsExact: true),
        new("Plurality vote", (_, _, _) => new PluralityVote(), IsExact: true),
        new("DeepSet-TM", (_, k, t) => new DeepSetTrimmedMean(NearIdentity(k), t)),
        new("CertifiedDeepSet", (_, k, t) => new CertifiedDeepSet(NearIdentity(k), t)),
        new("CertifiedVote", (n, k, _) => new CertifiedVote(OwnClass(n, k))),
        new("Calibrated Mean", (n, k, _) => new Calibrated(OwnWeights(n, k), new Mean())),
        new("Calibrated CWMed", (n, k, _) => new Calibrated(OwnWeights(n, k), new CoordinateWiseMedian())),
        new(
            "Calibrated CWMed, lower",
            (n, k, _) => new Calibrated(OwnWeights(n, k), new CoordinateWiseMedian(lower: true))
        ),
        new("Calibrated CWTM", (n, k, t) => new Calibrated(OwnWeights(n, k), new CoordinateWiseTrimmedMean(t))),
    ];

    public static ServedRow Named(string name) => All.Single(row => row.Name == name);

    /// <summary>A network that hands rows on, with drawn weights beside it: so its certificate says
    /// something.</summary>
    public static DeepSetNetwork NearIdentity(int classes, int hidden = 13, int decoder = 11)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var network = new DeepSetNetwork(classes, hidden, seed: 5, decoder: decoder);
        foreach (var weights in network.parameters())
            weights.mul_(0.15).requires_grad = false;
        foreach (var layer in new[] { network.RhoIn, network.RhoOut, network.MuIn, network.MuOut })
            for (int k = 0; k < classes; k++)
                layer.weight![k, k].add_(1);
        return network;
    }

    /// <summary>A calibration that makes rows sharper, with drawn weights of every client beside it.</summary>
    public static ClientCalibration OwnWeights(int clients, int classes)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var calibration = new ClientCalibration(clients, classes);
        foreach (var weights in calibration.parameters())
        {
            weights.mul_(1.5).add_(randn(weights.shape, generator: new Generator(9)) * 0.1);
            weights.requires_grad = false;
        }
        return calibration;
    }

    /// <summary>A vote for the class of the greatest probability, not quite the same for every client.</summary>
    public static VoteNetwork OwnClass(int clients, int classes, int members = 2)
    {
        using var untracked = no_grad();
        return new VoteNetwork([
            .. Enumerable
                .Range(0, members)
                .Select(m =>
                {
                    var member = new VoteMember(clients, classes, hidden: 12, embedding: 2, seed: 3, index: m);
                    foreach (var weights in member.parameters())
                        weights.requires_grad = false;
                    foreach (var layer in new[] { member.RowIn, member.Between, member.VoteOut })
                    {
                        layer.weight!.mul_(0.2);
                        for (int k = 0; k < classes; k++)
                            layer.weight[k, k].add_(2);
                    }
                    for (int i = 0; i < clients; i++)
                        member.Influence[i].fill_(1 - 0.1f * (i % 4));
                    return member;
                }),
        ]);
    }
}
