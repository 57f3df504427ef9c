using System.Text.Json.Serialization;
using RobustInference.Probits;

namespace RobustInference.Training;

/// <summary>Everything that decides what a CertifiedVote becomes. The defaults were chosen on held-out data:
/// <c>docs/certified-vote.md</c> says what was tried.</summary>
/// <param name="Corrupted">f, the corrupted clients that the certificate is trained for.</param>
/// <param name="Adversary">Who picks them in the loss: any f, or a random set for each sample (fixed). One rule serves
/// both threat models, and the first loss certifies more of both.</param>
/// <param name="Seed">Of initial weights, order and dropped clients.</param>
/// <param name="Hidden">h, the width of both hidden layers.</param>
/// <param name="Embedding">e, the length of a client's embedding; 0 for a rule that does not know who answers.</param>
/// <param name="Members">Networks that are trained one after the other and whose votes are averaged.</param>
/// <param name="Passes">Passes over the training part of the validation data.</param>
/// <param name="Weight">Of the certificate's loss after the ramp, 0…1; the clean loss has the rest.</param>
/// <param name="Ramp">Share of training over which the weight grows from 0.</param>
/// <param name="Mixed">Share of the training samples of which some clients' rows come from another sample of the same
/// class: see <see cref="MixedClients"/>.</param>
/// <param name="LearningRate">Of Adam, annealed to 0 by a cosine over all steps.</param>
/// <param name="WeightDecay">Decoupled, as in AdamW; biases aside.</param>
/// <param name="BatchSize">Samples a step.</param>
/// <param name="LearnInfluence">Whether each client's influence α_i is learned, in 0…1, or stays 1. It does not pay:
/// trust gathers on a few clients, and classes are given up.</param>
/// <param name="Averaging">Decay of an exponential moving average of the weights per step; 0 for none.</param>
/// <param name="Floor">Share of every class that shall be certified, 0…1: a class k of which a share c_k under it is
/// certified in training so far weighs (floor/c_k) times as much in the certificate's loss, so that none is given
/// up; 0 for equal weights.</param>
/// <param name="HeldOut">Share of the validation data that is only measured on, to choose a recipe by; 0 trains on all
/// of it, once the recipe is chosen.</param>
/// <param name="PerClass">u, the units of a class in a network that treats all classes alike
/// (<see cref="Networks.SharedVote"/>), in place of <paramref name="Hidden"/> and <paramref name="Embedding"/>; 0 for a
/// network whose layers see all classes at once; null for 4 where there are at least <see cref="ManyClasses"/> classes
/// with fewer than <see cref="FewSamples"/> validation samples each, and 0 elsewhere.</param>
public sealed record CertifiedVoteRecipe(
    int Corrupted,
    Adversary Adversary = Adversary.Any,
    long Seed = 0,
    int Hidden = 128,
    int Embedding = 16,
    int Members = 1,
    int Passes = 120,
    double Weight = 0.8,
    double Ramp = 0.5,
    double Mixed = 1,
    double LearningRate = 3e-3,
    double WeightDecay = 0,
    int BatchSize = 256,
    bool LearnInfluence = false,
    double Averaging = 0,
    double Floor = 0,
    double HeldOut = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int? PerClass = null
)
{
    /// <summary>So many classes are many.</summary>
    public const int ManyClasses = 32;

    /// <summary>Fewer samples a class than this are few.</summary>
    public const int FewSamples = 100;

    const int UnitsOfFew = 4;

    /// <summary>u for given validation data; 0 for a network whose layers see all classes at once.</summary>
    public int UnitsPerClass(ProbitSet validation) =>
        PerClass
        ?? (validation.Classes >= ManyClasses && validation.Samples < FewSamples * validation.Classes ? UnitsOfFew : 0);
}
