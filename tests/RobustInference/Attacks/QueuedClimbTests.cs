using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Numerics;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.RobustInference.Attacks;

/// <summary>Ascents of a few samples at a time are held against those of whole batches.</summary>
public class QueuedClimbTests
{
    const int Samples = 150,
        Clients = 9,
        Classes = 6,
        ManyClasses = 40;
    static readonly int[] Liars = [1, 4, 8];

    public static TheoryData<string, SortGradient> RulesAndGradients => LaneGivenTests.RulesAndGradients;

    /// <summary>Of many classes a DeepSet carries over what was worked out at the step before.</summary>
    public static TheoryData<string, SortGradient, int> RulesGradientsAndClasses =>
        [
            .. from row in RulesAndGradients
            from classes in new[] { Classes, ManyClasses }
            select (row.Data.Item1, row.Data.Item2, classes),
        ];

    [Theory, MemberData(nameof(RulesGradientsAndClasses))]
    public void Projected_gradient_sends_the_same_rows(string name, SortGradient gradient, int classes)
    {
        using var scope = NewDisposeScope();
        using var rule = EveryRule.Named(name).Create(classes, 3);
        using var answers = SyntheticProbits.Draw(Samples, Clients, classes, 11);
        using var given = rule.Given(answers.Probits, Liars, gradient);
        foreach (bool leaveEarly in new[] { true, false })
        {
            Tensor Climb(ConditionedAggregator own) =>
                new ProjectedGradient(leaveEarly: leaveEarly).Ascend(
                    own,
                    new CarliniWagner(rule.Scale),
                    answers.Labels,
                    Start(classes),
                    ProjectedGradient.EvenOffsets(Samples, Liars.Length)
                );
            using var whole = new WithoutLanes(given);
            var apart = (Climb(given) - Climb(whole)).abs().amax([1L, 2L]);
            Assert.InRange(apart.le(1e-3).to(ScalarType.Float64).mean().ToDouble(), 0.98, 1);
        }
    }

    public static TheoryData<string, SortGradient, int> RulesGradientsAndLosses =>
        [
            .. from name in new[] { "DeepSet", "DeepSet-TM" }
            from gradient in Enum.GetValues<SortGradient>()
            from loss in new[] { 0, 1, 2 }
            select (name, gradient, loss),
        ];

    [Theory, MemberData(nameof(RulesGradientsAndLosses))]
    public void Auto_projected_gradient_breaks_the_same_samples(string name, SortGradient gradient, int loss)
    {
        using var scope = NewDisposeScope();
        using var rule = EveryRule.Named(name).Create(Classes, 3);
        using var drawn = SyntheticProbits.Draw(Samples, Clients, Classes, 12);
        // What the rule answers is the label, so that there is something to break.
        var labels = rule.Scores(drawn.Probits).argmax(1);
        using var given = rule.Given(drawn.Probits, Liars, gradient);
        IScoreLoss climbed =
            loss == 0 ? new ScoreMargin()
            : loss == 1 ? new CrossEntropy()
            : new LogitsRatio();
        float[] Leads(ConditionedAggregator own) =>
            ScoreMargin
                .Leads(given.Scores(new AutoProjectedGradient().Ascend(own, climbed, labels, Start())), labels)
                .Floats()
                .ToArray();
        using var whole = new WithoutLanes(given);
        float[] ours = Leads(given),
            theirs = Leads(whole);
        int differing = ours.Zip(theirs).Count(pair => pair.First > 0 != pair.Second > 0);
        Assert.InRange(differing, 0, Samples / 50);
        Assert.True(ours.Count(lead => lead > 0) is > 0, "nothing stands, so nothing was compared");
        // Steps of either sign amplify rounding: what stands was brought as near on the whole.
        var standing = ours.Zip(theirs).Where(pair => pair.First > 0 && pair.Second > 0).ToArray();
        Assert.Equal(standing.Average(pair => pair.Second), standing.Average(pair => pair.First), 2e-2);
    }

    static Tensor Start(int classes = Classes)
    {
        using var generator = RandomStream.Torch(3, "test-start");
        return rand([Samples, Liars.Length, classes], generator: generator);
    }

    /// <summary>The same rule as if it had no form of its own for ascents.</summary>
    sealed class WithoutLanes(ConditionedAggregator given) : ConditionedAggregator
    {
        public override int Samples => given.Samples;

        public override Tensor Scores(Tensor corrupted) => given.Scores(corrupted);

        public override Tensor Gradient(Tensor corrupted, Func<Tensor, Tensor> cotangent) =>
            given.Gradient(corrupted, cotangent);

        public override ConditionedAggregator Select(Tensor samples) => new WithoutLanes(given.Select(samples));
    }
}
