using RobustInference.Certificates;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Serving;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>Any rule over probabilities, on rows that are calibrated client by client first
/// (<see cref="ClientCalibration"/>).</summary>
/// <remarks>
/// <para>Clients that were trained on different classes are sure of different things. A corrupted client does damage
/// where honest ones disagree; calibrated, they all estimate one thing, the label's probabilities given what they said,
/// and agree much more. What is certified of the inner rule holds: whatever a corrupted client sends, its calibrated
/// row is on the simplex.</para>
/// <para>The rule knows <i>who</i> answers: row i must be client i's.</para>
/// </remarks>
/// <param name="calibration">The weights; belongs to the rule.</param>
/// <param name="inner">What aggregates the calibrated rows; belongs to the rule.</param>
public sealed class Calibrated(ClientCalibration calibration, Aggregator inner) : Aggregator, IClientVotes
{
    readonly Aggregator inner = TakesProbits(inner);
    bool ownsInner = true;

    public override string Name => $"Calibrated {inner.Name}";

    public override ScoreScale Scale => inner.Scale;

    public override bool KnowsClients => true;

    public override bool Selects => inner.Selects;

    public ClientCalibration Calibration => calibration;

    /// <summary>What aggregates the calibrated rows.</summary>
    public Aggregator Inner => inner;

    public int Clients => calibration.Clients;

    public int Classes => calibration.Classes;

    public Tensor Votes(Tensor rows, Tensor? clients = null) => calibration.Of(rows, clients);

    public Tensor Bias() => zeros(Classes, ScalarType.Float64, calibration.Bias.device);

    public override ICertificate? Certificate(Adversary adversary) =>
        inner.Certificate(adversary) is { } certificate ? new CalibratedCertificate(calibration, certificate) : null;

    /// <summary>Null where the inner rule is no mean, median or trimmed mean.</summary>
    public override ServedRule? ToServed() =>
        inner.ToServed() is ServedRangeMean mean ? ServedTwin.Of(calibration, mean) : null;

    public override Aggregator On(Device device)
    {
        var own = inner.On(device);
        return own == inner && calibration.Bias.device == device
            ? this
            : new Calibrated(calibration.Copy(device), own) { ownsInner = own != inner };
    }

    public override void Dispose()
    {
        calibration.Dispose();
        if (ownsInner)
            inner.Dispose();
        base.Dispose();
    }

    /// <exception cref="ArgumentException">Other clients or classes than it was made for.</exception>
    /// <inheritdoc/>
    public override Tensor Scores(Tensor answers)
    {
        Check(answers);
        using var scope = NewDisposeScope();
        return inner.Scores(calibration.Of(answers)).MoveToOuterDisposeScope();
    }

    public override ConditionedAggregator Given(
        Tensor answers,
        IReadOnlyList<int> corrupted,
        SortGradient gradient = SortGradient.Mean
    )
    {
        Check(answers);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var liars = tensor(corrupted.Select(i => (long)i).ToArray(), device: answers.device);
        return new CalibratedGiven(
            calibration,
            inner.Given(calibration.Of(answers), corrupted, gradient),
            liars.DetachFromDisposeScope()
        );
    }

    static Aggregator TakesProbits(Aggregator inner) =>
        inner.Input == AnswerSpace.Probits
            ? inner
            : throw new ArgumentException($"{inner.Name} takes logits; calibrated rows are probabilities");

    void Check(Tensor answers)
    {
        CheckAnswers(answers);
        CheckClasses(answers, Classes);
        if (answers.shape[1] != Clients)
            throw new ArgumentException(
                $"{Name}: was made for {Clients} clients, the answers are of {answers.shape[1]}"
            );
    }

    /// <summary>The inner rule with its honest rows fixed, behind the corrupted clients' calibration.</summary>
    sealed class CalibratedGiven(
        ClientCalibration calibration,
        ConditionedAggregator given,
        Tensor liars,
        bool owns = true
    ) : ConditionedAggregator
    {
        public override int Samples => given.Samples;

        public override Tensor Scores(Tensor corrupted)
        {
            CheckRows(corrupted, (int)liars.shape[0]);
            using var scope = NewDisposeScope();
            return given.Scores(calibration.Of(corrupted, liars)).MoveToOuterDisposeScope();
        }

        /// <summary>The inner rule's gradient, with what it does at a sort, back through the calibration.</summary>
        public override Tensor Gradient(Tensor corrupted, Func<Tensor, Tensor> cotangent)
        {
            CheckRows(corrupted, (int)liars.shape[0]);
            using var scope = NewDisposeScope();
            using var tracked = enable_grad();
            var rows = corrupted.detach().requires_grad_();
            var sent = calibration.Of(rows, liars);
            var outer = given.Gradient(sent.detach(), cotangent);
            return autograd.grad([sent], [rows], [outer])[0].contiguous().MoveToOuterDisposeScope();
        }

        public override ConditionedAggregator Select(Tensor samples) =>
            new CalibratedGiven(calibration, given.Select(samples), liars, owns: false);

        public override void Dispose()
        {
            given.Dispose();
            if (owns)
                liars.Dispose();
            base.Dispose();
        }
    }
}
