using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Networks;

/// <summary>The weights of a <see cref="Aggregators.CertifiedVote"/>: one or more <see cref="VoteMember"/>s, whose
/// votes are averaged. An average of votes is a vote, so that what is certified of one holds for the average.</summary>
/// <remarks>Weights are float32, votes are worked out in float64: the worst case of rounding in float32 would cost half
/// a point of certified accuracy.</remarks>
public sealed class VoteNetwork : nn.Module
{
    readonly ModuleList<VoteMember> members;

    /// <param name="members">At least one, all for the same clients and classes.</param>
    /// <exception cref="ArgumentException">None, or they differ in clients or classes.</exception>
    public VoteNetwork(IReadOnlyList<VoteMember> members)
        : base(nameof(VoteNetwork))
    {
        if (members.Count == 0 || members.Any(m => (m.Clients, m.Classes) != (members[0].Clients, members[0].Classes)))
            throw new ArgumentException("a vote takes one member or more, all for the same clients and classes");
        this.members = new ModuleList<VoteMember>([.. members]);
        RegisterComponents();
    }

    public IReadOnlyList<VoteMember> Members => [.. members];

    /// <summary>n.</summary>
    public int Clients => members[0].Clients;

    /// <summary>K.</summary>
    public int Classes => members[0].Classes;

    /// <summary>A network with equal weights.</summary>
    /// <param name="device">Where they lie; default: on the processor.</param>
    public VoteNetwork Copy(Device? device = null) => new([.. members.Select(member => member.Copy(device))]);

    /// <summary>The mean of the members' votes.</summary>
    /// <param name="rows">[B, m, K], rows on the simplex.</param>
    /// <param name="clients">[m] int64, who sends them; null for all n in their order.</param>
    /// <returns>[B, m, K] float64, not negative, with sums of at most 1.</returns>
    public Tensor Votes(Tensor rows, Tensor? clients = null)
    {
        using var scope = NewDisposeScope();
        var features = VoteMember.Features(rows.to(ScalarType.Float64));
        var sum = members[0].Votes(features, clients);
        for (int i = 1; i < members.Count; i++)
            sum = sum + members[i].Votes(features, clients);
        return (members.Count == 1 ? sum : sum / members.Count).MoveToOuterDisposeScope();
    }

    /// <summary>The mean of the members' biases.</summary>
    /// <returns>[K] float64.</returns>
    public Tensor Bias()
    {
        using var scope = NewDisposeScope();
        var sum = members[0].Bias.to(ScalarType.Float64);
        for (int i = 1; i < members.Count; i++)
            sum = sum + members[i].Bias.to(ScalarType.Float64);
        return (sum / members.Count).MoveToOuterDisposeScope();
    }
}
