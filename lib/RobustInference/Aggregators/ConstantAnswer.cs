using RobustInference.Certificates;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>The same class whatever is asked: nobody can corrupt it, so every certificate must clear its accuracy to
/// say anything.</summary>
/// <param name="answer">The class.</param>
/// <param name="classes">K.</param>
public sealed class ConstantAnswer(int answer, int classes) : Aggregator
{
    readonly int answer = Argument.Index(answer, classes),
        classes = Argument.AtLeast(classes, 2);

    public override string Name => "Constant";

    public override bool IsMonotone => true;

    /// <summary>The class that it always gives.</summary>
    public int Answer => answer;

    /// <summary>The most frequent label of <paramref name="data"/>, of equally frequent ones the first.</summary>
    /// <remarks>From the server's validation data it is a rule that anyone can use. From the labels that it is then
    /// measured on, its accuracy is the most that any constant reaches there: a higher floor, never a lower
    /// one.</remarks>
    public static ConstantAnswer BestOn(ProbitSet data)
    {
        int best = data
            .Labels.Integers()
            .CountBy(label => (int)label)
            .OrderByDescending(pair => pair.Value)
            .ThenBy(pair => pair.Key)
            .First()
            .Key;
        return new ConstantAnswer(best, data.Classes);
    }

    public override ICertificate Certificate(Adversary adversary) => new ConstantWorstCase(answer);

    public override Tensor Scores(Tensor answers)
    {
        CheckAnswers(answers);
        CheckClasses(answers, classes);
        using var scope = NewDisposeScope();
        return (Scores(answers.shape[0], answers.device) + 0 * answers.sum(1)).MoveToOuterDisposeScope();
    }

    public override ConditionedAggregator Given(
        Tensor answers,
        IReadOnlyList<int> corrupted,
        SortGradient gradient = SortGradient.Mean
    )
    {
        CheckAnswers(answers);
        CheckClasses(answers, classes);
        return new Unmoved(this, (int)answers.shape[0], corrupted.Count);
    }

    Tensor Scores(long samples, Device device)
    {
        var scores = zeros(samples, classes, device: device);
        scores.select(1, answer).fill_(1);
        return scores;
    }

    sealed class Unmoved(ConstantAnswer rule, int samples, int changing) : ConditionedAggregator
    {
        public override int Samples => samples;

        public override Tensor Scores(Tensor corrupted)
        {
            CheckRows(corrupted, changing);
            using var scope = NewDisposeScope();
            return (rule.Scores(samples, corrupted.device) + 0 * corrupted.sum(1)).MoveToOuterDisposeScope();
        }

        public override ConditionedAggregator Select(Tensor chosen) =>
            new Unmoved(rule, (int)chosen.shape[0], changing);
    }
}
