using RobustInference.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Networks;

/// <summary>A network that turns a client's row into its vote: row and logarithm of the row, with a learned embedding
/// of the client, through two hidden layers of ReLUs and a softmax.</summary>
/// <remarks>The row enters as p and log(p + 10⁻³)/4 + 1: both lie within about ±1, and the logarithm tells small
/// probabilities apart.</remarks>
public sealed class VoteMember : nn.Module
{
    /// <summary>What is added to a probability before its logarithm.</summary>
    public const double Floor = 1e-3;

    readonly Linear row_in,
        between,
        vote_out;
    readonly Parameter embedding,
        client_in,
        influence,
        bias;

    /// <param name="clients">n.</param>
    /// <param name="classes">K.</param>
    /// <param name="hidden">h, the width of both hidden layers.</param>
    /// <param name="embedding">e, the length of a client's embedding; 0 for a network that does not know who
    /// answers.</param>
    /// <param name="seed">Of the initial weights.</param>
    /// <param name="index">Number of the member: each draws its own weights.</param>
    public VoteMember(int clients, int classes, int hidden, int embedding, long seed, int index = 0)
        : base(nameof(VoteMember))
    {
        (Clients, Classes, Hidden, Embedding) = (clients, classes, hidden, embedding);
        (row_in, between, vote_out) = (
            nn.Linear(2 * classes, hidden),
            nn.Linear(hidden, hidden),
            nn.Linear(hidden, classes)
        );
        using var generator = RandomStream.Torch(seed, "vote-init", index);
        foreach (var layer in new[] { row_in, between, vote_out })
            Initialise.UniformInplace(layer, generator);
        double bound = 1 / Math.Sqrt(2 * classes + embedding);
        this.embedding = new Parameter(empty(clients, embedding).normal_(0, 0.1, generator));
        client_in = new Parameter(empty(hidden, embedding).uniform_(-bound, bound, generator));
        influence = new Parameter(ones(clients));
        bias = new Parameter(zeros(classes));
        RegisterComponents();
    }

    /// <summary>n.</summary>
    public int Clients { get; }

    /// <summary>K.</summary>
    public int Classes { get; }

    /// <summary>h.</summary>
    public int Hidden { get; }

    /// <summary>e.</summary>
    public int Embedding { get; }

    /// <summary>First layer, as far as it sees the row.</summary>
    public Linear RowIn => row_in;

    public Linear Between => between;

    /// <summary>Last layer, before the softmax.</summary>
    public Linear VoteOut => vote_out;

    /// <summary>[n, e], what is known of each client.</summary>
    public Parameter OfClient => embedding;

    /// <summary>[h, e], how the first layer reads it.</summary>
    public Parameter ClientIn => client_in;

    /// <summary>[n], α in 0…1: by how much at most a client's vote moves the lead of one class over another.</summary>
    public Parameter Influence => influence;

    /// <summary>[K], added to the sum of the votes.</summary>
    public Parameter Bias => bias;

    /// <summary>A network with equal weights.</summary>
    /// <param name="device">Where they lie; default: on the processor.</param>
    public VoteMember Copy(Device? device = null)
    {
        var copy = new VoteMember(Clients, Classes, Hidden, Embedding, 0).to(device ?? CPU);
        copy.load_state_dict(state_dict());
        return copy;
    }

    /// <summary>What the first layer reads of a row: the row and its logarithm.</summary>
    /// <param name="rows">[…, K].</param>
    /// <returns>[…, 2K].</returns>
    public static Tensor Features(Tensor rows)
    {
        using var scope = NewDisposeScope();
        return cat([rows, (rows.clamp_min(0) + Floor).log() / 4 + 1], -1).MoveToOuterDisposeScope();
    }

    /// <summary>The votes, in the precision of <paramref name="features"/>.</summary>
    /// <param name="features">[B, m, 2K], <see cref="Features"/> of the rows.</param>
    /// <param name="clients">[m] int64, who sends them; null for all n in their order.</param>
    /// <returns>[B, m, K], not negative, with sums α_i.</returns>
    public Tensor Votes(Tensor features, Tensor? clients = null)
    {
        using var scope = NewDisposeScope();
        Tensor As(Tensor weights) => weights.to(features.dtype);
        Tensor Layer(Tensor x, Linear layer) => nn.functional.linear(x, As(layer.weight!), As(layer.bias!));
        Tensor known = As(embedding).mm(As(client_in).t()),
            scale = As(influence);
        if (clients is not null)
            (known, scale) = (known.index_select(0, clients), scale.index_select(0, clients));
        var hidden = nn.functional.relu(Layer(features, row_in) + known);
        var logits = Layer(nn.functional.relu(Layer(hidden, between)), vote_out);
        return (logits.softmax(-1) * scale.unsqueeze(1)).MoveToOuterDisposeScope();
    }
}
