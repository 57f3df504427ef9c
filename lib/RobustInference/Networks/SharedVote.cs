using RobustInference.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Networks;

/// <summary>A vote whose network treats all classes alike: u units for each class see that class's own probability, its
/// logarithm and the row's mean logarithm, with the same weights for every class, and the mean over the classes of what
/// the units say. So forty samples a class teach as four thousand of one.</summary>
/// <remarks>
/// <para>What differs between classes and clients is a number for each unit and class, one for each unit and client,
/// and one for each client and class, the trust in that client's word on that class: a table and a product of low rank,
/// which learns faster what clients have in common.</para>
/// <para>It is a <see cref="VoteMember"/> with h = K·u and e = n whose weights repeat: <see cref="ToMember"/> writes
/// them out, so that certificate, files and exports need to know nothing of it.</para>
/// </remarks>
public sealed class SharedVote : TrainableVote
{
    // What the first layer sees of a class: p, its logarithm, the mean logarithm of the row.
    const int Inputs = 3;

    // Rank of what is trusted alike.
    const int Rank = 8;

    // The row enters with a quarter of its logarithm; what other units say at first.
    const double Logarithms = 4,
        Quiet = 0.1;

    readonly int clients,
        classes,
        units;
    readonly Parameter first,
        firstBias,
        trust,
        trustOfClients,
        trustOfClasses,
        trusted,
        ofClients,
        ofClasses,
        second,
        pooled,
        secondBias,
        last,
        lastBias,
        influence,
        bias;

    /// <param name="clients">n.</param>
    /// <param name="classes">K.</param>
    /// <param name="units">u, for each class in both hidden layers.</param>
    /// <param name="seed">Of the initial weights.</param>
    /// <param name="index">Number of the member: each draws its own weights.</param>
    public SharedVote(int clients, int classes, int units, long seed, int index = 0)
        : base(nameof(SharedVote))
    {
        (this.clients, this.classes, this.units) = (clients, classes, units);
        using var generator = RandomStream.Torch(seed, "shared-vote-init", index);
        Parameter Normal(double deviation, params long[] shape) => new(empty(shape).normal_(0, deviation, generator));
        first = Normal(1, Inputs, units);
        firstBias = Normal(0.3, units);
        trust = Normal(0.01, clients, classes);
        trustOfClients = Normal(0.1, clients, Rank);
        trustOfClasses = Normal(0.1, classes, Rank);
        trusted = Normal(0.5, units);
        ofClients = Normal(0.1, clients, units);
        ofClasses = Normal(0.01, classes, units);
        second = Normal(Math.Sqrt(1.0 / units), units, units);
        pooled = Normal(Math.Sqrt(0.3 / units), units, units);
        secondBias = new Parameter(zeros(units));
        last = Normal(Math.Sqrt(1.0 / units), units);
        lastBias = new Parameter(zeros(classes));
        influence = new Parameter(ones(clients));
        bias = new Parameter(zeros(classes));
        PassOnInplace();
        RegisterComponents();
    }

    /// <summary>Makes the first unit carry the logarithm, which it does without ever being cut off, so that a client's
    /// vote is about its own row to begin with; the other units have little to say yet.</summary>
    void PassOnInplace()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        first.select(1, 0).copy_(tensor(new float[] { 0, 1, 0 }));
        firstBias.select(0, 0).fill_(1);
        second.select(1, 0).copy_(First(units));
        pooled.select(1, 0).zero_();
        last.mul_(Quiet).select(0, 0).fill_(Logarithms);

        static Tensor First(int length) => nn.functional.one_hot(tensor(0L), length).to(ScalarType.Float32);
    }

    public override Parameter Influence => influence;

    public override Parameter Bias => bias;

    /// <summary>What is kept of each client and class, each seen in few samples.</summary>
    public override IEnumerable<Parameter> Tables =>
        [trust, trustOfClients, trustOfClasses, ofClients, ofClasses, lastBias];

    /// <inheritdoc/>
    public override Tensor Votes(Tensor features)
    {
        using var scope = NewDisposeScope();
        Tensor rows = features.narrow(-1, 0, classes),
            logarithms = features.narrow(-1, classes, classes);
        var seen = stack([rows, logarithms, logarithms.mean([-1L], keepdim: true).expand_as(rows)], -1);
        var hidden = nn.functional.relu(seen.matmul(first) + firstBias + ofClasses + Known());
        var mixed = hidden.matmul(second) + hidden.mean([-2L], keepdim: true).matmul(pooled) + secondBias;
        var logits = nn.functional.relu(mixed).matmul(last) + lastBias;
        return (logits.softmax(-1) * influence.unsqueeze(1)).MoveToOuterDisposeScope();
    }

    /// <summary>[n, K, u]: what the first layer adds for a client.</summary>
    Tensor Known() => (trust + trustOfClients.mm(trustOfClasses.t())).unsqueeze(-1) * trusted + ofClients.unsqueeze(1);

    public override TrainableVote Copy(Device? device = null)
    {
        var copy = new SharedVote(clients, classes, units, 0).to(device ?? CPU);
        copy.load_state_dict(state_dict());
        return copy;
    }

    public override VoteMember ToMember()
    {
        if (bias.device.type != DeviceType.CPU)
        {
            using var near = Copy();
            return near.ToMember();
        }
        // Outside the scope, which would dispose its weights.
        var member = new VoteMember(clients, classes, classes * units, clients, 0);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var own = eye(classes);
        // A block for each pair of classes: `same` on the diagonal and `all` everywhere.
        Tensor Blocks(Tensor same, Tensor? all = null)
        {
            var blocks = own.view(classes, 1, classes, 1) * same.view(1, same.shape[0], 1, same.shape[1]);
            if (all is not null)
                blocks = blocks + (all / classes).view(1, all.shape[0], 1, all.shape[1]);
            return blocks.reshape(classes * same.shape[0], classes * same.shape[1]);
        }
        Tensor Column(int input) => first.narrow(0, input, 1).t();
        member.RowIn.weight!.copy_(cat([Blocks(Column(0)), Blocks(Column(1), Column(2))], 1));
        member.RowIn.bias!.copy_((ofClasses + firstBias).reshape(-1));
        member.OfClient.copy_(eye(clients));
        member.ClientIn.copy_(Known().view(clients, -1).t());
        member.Between.weight!.copy_(Blocks(second.t(), pooled.t()));
        member.Between.bias!.copy_(secondBias.repeat(classes));
        member.VoteOut.weight!.copy_(Blocks(last.unsqueeze(0)));
        member.VoteOut.bias!.copy_(lastBias);
        member.Influence.copy_(influence);
        member.Bias.copy_(bias);
        return member;
    }
}
