using RobustInference.Certificates;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Serving;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>DeepSet-TM, the paper's defence: μ of the coordinate-wise trimmed mean of ρ over clients, with the weights
/// of an adversarially trained <see cref="DeepSet"/>.</summary>
public sealed class DeepSetTrimmedMean(DeepSetNetwork network, int trim) : Aggregator
{
    readonly DeepSetNetwork network = Argument.Given(network);
    readonly int trim = Argument.AtLeast(trim, 0);

    public override string Name => "DeepSet-TM";

    public override ScoreScale Scale => ScoreScale.Logits;

    public DeepSetNetwork Network => network;

    /// <summary>t = f.</summary>
    public int Trim => trim;

    public override ICertificate Certificate(Adversary adversary) => new DeepSetCertificate(network, trim);

    public override ServedRule ToServed() => ServedTwin.Of(Name, network, trim);

    public override Aggregator On(Device device) =>
        network.RhoIn.bias!.device == device ? this : new DeepSetTrimmedMean(network.Copy(device), trim);

    public override void Dispose()
    {
        network.Dispose();
        base.Dispose();
    }

    /// <exception cref="ArgumentException">n ≤ 2t.</exception>
    /// <inheritdoc/>
    public override Tensor Scores(Tensor answers)
    {
        CheckAnswers(answers, 2L * trim + 1);
        CheckClasses(answers, network.Classes);
        using var scope = NewDisposeScope();
        return network
            .Decode(OrderStatistics.RangeMean(network.Encode(answers), trim, (int)answers.shape[1] - trim))
            .MoveToOuterDisposeScope();
    }

    public override ConditionedAggregator Given(
        Tensor answers,
        IReadOnlyList<int> corrupted,
        SortGradient gradient = SortGradient.Mean
    )
    {
        CheckAnswers(answers, 2L * trim + 1);
        CheckClasses(answers, network.Classes);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var encodings = network.Encode(Rows.Without(answers, corrupted));
        return new EncodedGiven(
            network,
            new RangeMeanGiven(encodings, corrupted.Count, trim, (int)answers.shape[1] - trim, gradient),
            gradient,
            (int)answers.shape[1]
        );
    }

    /// <summary>Keeps the honest encodings that can still be trimmed. With BPDA all corrupted rows share one gradient
    /// behind ρ's last layer, which is then pulled back once a sample.</summary>
    sealed class EncodedGiven(DeepSetNetwork network, RangeMeanGiven trimmed, SortGradient gradient, int clients)
        : ConditionedAggregator
    {
        public override int Samples => trimmed.Samples;

        public override Tensor Scores(Tensor corrupted)
        {
            using var scope = NewDisposeScope();
            return network.Decode(trimmed.Scores(network.Encode(corrupted))).MoveToOuterDisposeScope();
        }

        public override Tensor Gradient(Tensor corrupted, Func<Tensor, Tensor> cotangent)
        {
            using var scope = NewDisposeScope();
            using var untracked = no_grad();
            var hidden = network.RhoIn.call(corrupted).ReluInplace();
            if (gradient == SortGradient.True)
            {
                var kept = trimmed
                    .Gradient(network.RhoOut.call(hidden), summary => BackToSummary(summary, cotangent))
                    .matmul(network.RhoOut.weight!);
                return KeepWherePositive(hidden, kept).matmul(network.RhoIn.weight!).MoveToOuterDisposeScope();
            }
            var perSample = BackToSummary(trimmed.Scores(network.RhoOut.call(hidden)), cotangent)
                .mm(network.RhoOut.weight!)
                .div_(clients);
            if (!hidden.IsFloatsOnCpu())
                return (perSample.unsqueeze(1) * (hidden > 0)).matmul(network.RhoIn.weight!).MoveToOuterDisposeScope();
            Span<float> rows = hidden.Floats(),
                gradients = perSample.Floats();
            int h = network.Hidden,
                m = (int)corrupted.shape[1];
            for (int s = 0; s < Samples; s++)
            for (int r = s * m; r < (s + 1) * m; r++)
            {
                var row = rows.Slice(r * h, h);
                Lanes.KeepWherePositive(row, gradients.Slice(s * h, h), row);
            }
            return hidden.matmul(network.RhoIn.weight!).MoveToOuterDisposeScope();
        }

        /// <summary>The gradient at the summary that μ decodes, [B, h]; nothing is asked of the weights.</summary>
        Tensor BackToSummary(Tensor summary, Func<Tensor, Tensor> cotangent)
        {
            using var scope = NewDisposeScope();
            using var untracked = no_grad();
            var between = network.MuIn.call(summary).ReluInplace();
            var back = cotangent(network.MuOut.call(between)).mm(network.MuOut.weight!);
            return KeepWherePositive(between, back).mm(network.MuIn.weight!).MoveToOuterDisposeScope();
        }

        /// <summary>The gradient behind a ReLU, in place where the processor holds it.</summary>
        static Tensor KeepWherePositive(Tensor output, Tensor gradient)
        {
            if (!gradient.IsFloatsOnCpu() || !output.IsFloatsOnCpu())
                return gradient * (output > 0);
            Lanes.KeepWherePositive(output.Floats(), gradient.Floats(), gradient.Floats());
            return gradient;
        }

        public override ConditionedAggregator Select(Tensor samples) =>
            new EncodedGiven(network, (RangeMeanGiven)trimmed.Select(samples), gradient, clients);

        public override LaneGiven<T>? InLanes<T>() =>
            trimmed.Changing > 0 && trimmed.Sure.IsFloatsOnCpu() && trimmed.Open.IsFloatsOnCpu()
                ? new LaneTrimmed<T>(network, trimmed, gradient, clients)
                : null;

        public override void Dispose()
        {
            trimmed.Dispose();
            base.Dispose();
        }
    }
}
