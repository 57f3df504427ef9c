using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Evaluation;
using RobustInference.Numerics;
using RobustInference.Probits;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.RobustInference.Evaluation;

public class StoppedEvaluationTests
{
    const int Samples = 1200,
        Classes = 4;

    public static TheoryData<string> Attacks =>
        [
            .. AttackSuite
                .Strong.Append(AttackSuite.Blind)
                .Append(new ProjectedGradientAttack())
                .Select(attack => attack.Name)
                .Distinct(),
        ];

    [Theory, MemberData(nameof(Attacks))]
    public void An_attack_stops_in_its_midst(string name)
    {
        using var answers = SyntheticProbits.Draw(Samples, 7, Classes, seed: 1);
        using var stop = new CancellationTokenSource();
        var rule = new StoppingMean(stop);
        var attack = AttackSuite
            .Strong.Append(AttackSuite.Blind)
            .Append(new ProjectedGradientAttack())
            .First(attack => attack.Name == name);
        var evaluation = new RobustnessEvaluation(answers, null, ThreatModel.Draw(7, 2, 0), 0, CPU);
        Assert.Throws<OperationCanceledException>(() => evaluation.Run(rule, [attack], [], cancel: stop.Token));
        // The whole, and the first batch of three, with few of its steps or tries.
        Assert.Equal(2, rule.Batches);
        Assert.InRange(rule.AskedAfterwards, 0, 2);
    }

    [Theory, InlineData(6), InlineData(40)]
    public void An_ascent_in_vectors_stops_between_two_steps(int classes)
    {
        using var scope = NewDisposeScope();
        using var answers = SyntheticProbits.Draw(20, 7, classes, seed: 2);
        using var rule = new DeepSet(EveryRule.Network(classes));
        using var given = rule.Given(answers.Probits, [0, 3]);
        using var stop = new CancellationTokenSource();
        using (LongWork.StopBy(stop.Token))
        {
            using var untouched = Ascend();
            stop.Cancel();
            Assert.Throws<OperationCanceledException>(Ascend);
        }
        using var after = Ascend();

        Tensor Ascend() =>
            new ProjectedGradient().Ascend(
                given,
                new CarliniWagner(rule.Scale),
                answers.Labels,
                zeros(20, 2, classes),
                ProjectedGradient.EvenOffsets(20, 2)
            );
    }

    [Fact]
    public void What_stopped_work_before_stops_it_afterwards_too()
    {
        using CancellationTokenSource outer = new(),
            inner = new();
        using (LongWork.StopBy(outer.Token))
        {
            using (LongWork.StopBy(inner.Token))
            {
                LongWork.ThrowIfCancelled();
                inner.Cancel();
                Assert.Throws<OperationCanceledException>(() => LongWork.ThrowIfCancelled());
            }
            LongWork.ThrowIfCancelled();
            using (LongWork.StopBy(default))
            {
                outer.Cancel();
                Assert.Throws<OperationCanceledException>(() => LongWork.ThrowIfCancelled());
            }
        }
        LongWork.ThrowIfCancelled();
    }

    /// <summary>The mean, whose user loses patience at the first question about corrupted rows.</summary>
    sealed class StoppingMean(CancellationTokenSource stop) : Aggregator
    {
        readonly Mean mean = new();

        public int Batches { get; private set; }

        public int AskedAfterwards { get; private set; }

        public override string Name => "Stopping mean";

        public override Tensor Scores(Tensor answers) => mean.Scores(answers);

        public override ConditionedAggregator Given(
            Tensor answers,
            IReadOnlyList<int> corrupted,
            SortGradient gradient = SortGradient.Mean
        )
        {
            Batches++;
            return new Conditioned(this, mean.Given(answers, corrupted, gradient));
        }

        void Ask()
        {
            if (stop.IsCancellationRequested)
                AskedAfterwards++;
            stop.Cancel();
        }

        sealed class Conditioned(StoppingMean rule, ConditionedAggregator given) : ConditionedAggregator
        {
            public override int Samples => given.Samples;

            public override Tensor Scores(Tensor corrupted)
            {
                rule.Ask();
                return given.Scores(corrupted);
            }

            public override Tensor Gradient(Tensor corrupted, Func<Tensor, Tensor> cotangent)
            {
                rule.Ask();
                return given.Gradient(corrupted, cotangent);
            }

            public override ConditionedAggregator Select(Tensor samples) =>
                new Conditioned(rule, given.Select(samples));

            public override void Dispose()
            {
                given.Dispose();
                base.Dispose();
            }
        }
    }
}
