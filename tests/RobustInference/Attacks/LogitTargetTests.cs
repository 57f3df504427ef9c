using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Probits;
using Tests.RobustInference.Evaluation;
using Workbook.Benchmarks;

namespace Tests.RobustInference.Attacks;

public class LogitTargetTests
{
    [Fact]
    public void Every_liar_sends_one_class_as_far_out_as_it_is_amplified()
    {
        using var rule = new LogitsRule();
        using var three = ProbitSet.FromLogits("one", [1, -2, 3, 0, 0, 0, 7, 7, 7], [1, 3, 3], [2]);
        using var one = new AttackQuery(three, rule, new ThreatModel(3, [0]));
        // The range of its own logits is 5, and the class after 2 is 0.
        Assert.Equal([10, 0, 0], new LogitTarget(1).Corrupt(one).data<float>().ToArray());
        Assert.Equal([0, 20, 0], new LogitTarget(2, 4).Corrupt(one).data<float>().ToArray());
    }

    [Fact]
    public void A_client_without_an_opinion_still_sends_something()
    {
        using var answers = ProbitSet.FromLogits("flat", [7, 7, 7, 0, 0, 0, 1, 0, 0], [1, 3, 3], [0]);
        using var query = new AttackQuery(answers, new LogitsRule(), new ThreatModel(3, [0]));
        Assert.Equal([0, 2, 0], new LogitTarget(1).Corrupt(query).data<float>().ToArray());
    }

    [Fact]
    public void It_is_for_logits_and_for_a_target_that_is_not_the_label()
    {
        using var answers = SyntheticProbits.Draw(5, 5, 3, seed: 1);
        using AttackQuery probits = new(answers, new Mean(), new ThreatModel(5, [0])),
            logits = new(answers, new LogitsRule(), new ThreatModel(5, [0]));
        Assert.Throws<ArgumentException>(() => new LogitTarget(1).Corrupt(probits));
        Assert.Throws<ArgumentException>(() => new LogitTarget(3).Corrupt(logits));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LogitTarget(0));
    }
}
