using RobustInference.Certificates;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Serving;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>A rule ψ that turns n clients' answers into K scores; the answer is the class of the highest score. A tie
/// counts as lost.</summary>
public abstract class Aggregator : IDisposable
{
    /// <summary>The name in tables.</summary>
    public abstract string Name { get; }

    /// <summary>What the rule takes.</summary>
    public virtual AnswerSpace Input => AnswerSpace.Probits;

    /// <summary>Whether row i must be client i's: if not, and the rule takes probits, the order of the rows does not
    /// matter.</summary>
    public virtual bool KnowsClients => Input == AnswerSpace.Logits;

    /// <summary>How an attack's loss reads the scores.</summary>
    public virtual ScoreScale Scale => ScoreScale.Weights;

    /// <summary>Whether every score grows, or stays, with every coordinate of its class and depends on no other class:
    /// then f one-hot rows are the worst case.</summary>
    public virtual bool IsMonotone => false;

    /// <summary>Whether it takes rows, leaves them or puts them together by how they lie to each other, as Krum and
    /// bucketing do: a gradient does not see that choice.</summary>
    public virtual bool Selects => false;

    /// <summary>The scores; differentiable.</summary>
    /// <param name="answers">[B, n, K].</param>
    /// <returns>[B, K], not normalised. A sample's scores do not depend on the other samples.</returns>
    public abstract Tensor Scores(Tensor answers);

    /// <summary>The rule with all rows fixed but those of the corrupted clients: what never changes is computed
    /// once.</summary>
    /// <param name="answers">[B, n, K]; the rows of the corrupted clients are ignored.</param>
    /// <param name="corrupted">Their m positions, the same for every sample.</param>
    /// <param name="gradient">What the backward pass does at a sort.</param>
    public virtual ConditionedAggregator Given(
        Tensor answers,
        IReadOnlyList<int> corrupted,
        SortGradient gradient = SortGradient.Mean
    )
    {
        CheckAnswers(answers);
        return new ReplacedRows(this, answers, corrupted);
    }

    /// <summary>The probability vector that attacks see.</summary>
    /// <param name="scores">[B, K].</param>
    /// <returns>[B, K].</returns>
    public Tensor Probabilities(Tensor scores) =>
        Scale == ScoreScale.Logits
            ? nn.functional.softmax(scores, -1)
            : scores / scores.sum(-1, keepdim: true).AtLeast(Weights.Least);

    /// <summary>What is proved for the rule against every attack of a threat model; null where nothing is
    /// known.</summary>
    public virtual ICertificate? Certificate(Adversary adversary) => null;

    /// <summary>κ of Definition 1 for the rule as it is implemented; null where it has none, as votes, networks and the
    /// geometric median that stops after twenty steps.</summary>
    /// <exception cref="ArgumentException">f ≥ n/2.</exception>
    public virtual double? Kappa(int clients, int corrupted) => null;

    /// <summary>The same rule where its weights lie in the memory of a device: a copy, owned by the caller, or the rule
    /// itself where it is there already or has no weights.</summary>
    public virtual Aggregator On(Device device) => this;

    /// <summary>The same rule without torch, which also answers where clients are absent; null where there is
    /// none.</summary>
    public virtual ServedRule? ToServed() => null;

    /// <summary>Answers to received rows, of which some may be corrupted: class, scores and certified radius. Labels
    /// are not looked at.</summary>
    /// <returns>One for every sample, in their order.</returns>
    /// <exception cref="ArgumentException">Too few clients for the rule, or other classes than it was made
    /// for.</exception>
    public IReadOnlyList<Prediction> Predict(ProbitSet received)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var scores = Scores(Input == AnswerSpace.Probits ? received.Probits : received.Logits)
            .to(ScalarType.Float32)
            .contiguous();
        float[] values = scores.data<float>().ToArray();
        long[] answers = scores.argmax(1).data<long>().ToArray();
        int classes = (int)scores.shape[1];
        int[]? radii = null;
        if (Certificate(Adversary.Any) is { } certificate)
        {
            using var answered = received.WithLabels(answers);
            radii = certificate.Radii(answered, (received.Clients - 1) / 2);
        }
        return
        [
            .. answers.Select(
                (answer, s) =>
                {
                    float[] own = values[(s * classes)..((s + 1) * classes)];
                    bool tied = own.Count(score => score >= own[answer]) != 1;
                    return new Prediction(
                        tied ? -1 : (int)answer,
                        own,
                        tied
                            ? radii is null
                                ? null
                                : 0
                            : radii?[s] is { } r
                                ? Math.Max(0, r)
                                : null
                    );
                }
            ),
        ];
    }

    /// <summary>The answer to one query.</summary>
    /// <remarks>An absent client is a corrupted one whose place is known: a rule with <see cref="ToServed"/> allows for
    /// it in its radius, another one over probits answers with the rows that came and certifies nothing.</remarks>
    /// <param name="rows">[n, K] probabilities, a row a client, each summing to 1; a row of NaN for a client that sent
    /// nothing.</param>
    /// <exception cref="InvalidDataException">A row is not on the simplex.</exception>
    /// <exception cref="ArgumentException">More clients are absent than the rule can do without.</exception>
    public Prediction Predict(float[,] rows)
    {
        int clients = rows.GetLength(0),
            classes = rows.GetLength(1);
        float[] flat = [.. rows.Cast<float>()];
        int[] came =
        [
            .. Enumerable.Range(0, clients).Where(i => flat.AsSpan(i * classes, classes).ContainsAnyExcept(float.NaN)),
        ];
        int absent = clients - came.Length;
        if (absent > 0 && ToServed() is { } served)
        {
            var answer = served.Answer(flat, clients, classes);
            return new(answer.Class, [.. answer.Scores.Select(score => (float)score)], answer.Radius, absent);
        }
        if (absent > 0 && (KnowsClients || came.Length == 0))
            throw new ArgumentException($"{Name}: {absent} of {clients} clients are absent; it needs every row");
        float[] sent = [.. came.SelectMany(i => flat[(i * classes)..((i + 1) * classes)])];
        using var received = ProbitSet.FromProbits("rows", sent, [1, came.Length, classes], [0]);
        var prediction = Predict(received)[0];
        return absent == 0 ? prediction : prediction with { Radius = null, Absent = absent };
    }

    /// <summary>Frees what a learned rule holds: it owns its network. Other rules hold nothing.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Checks [B, n, K] with at least <paramref name="clients"/> rows.</summary>
    /// <exception cref="ArgumentException">Another shape, or too few rows.</exception>
    protected void CheckAnswers(Tensor answers, long clients = 1)
    {
        if (answers.dim() != 3)
            throw new ArgumentException($"{Name}: wanted answers [B, n, K], got {answers.dim()} axes");
        if (answers.shape[1] < clients)
            throw new ArgumentException(
                $"{Name}: {answers.shape[1]} clients are too few, at least {clients} are needed"
            );
    }

    /// <summary>Checks that answers are over the classes that a network was made for: torch itself would say nothing
    /// that helps.</summary>
    /// <exception cref="ArgumentException">Another K.</exception>
    protected void CheckClasses(Tensor answers, int classes)
    {
        if (answers.shape[2] != classes)
            throw new ArgumentException($"{Name}: was made for {classes} classes, the answers have {answers.shape[2]}");
    }
}
