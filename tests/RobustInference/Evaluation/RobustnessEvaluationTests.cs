using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Evaluation;
using RobustInference.Probits;
using Tests.RobustInference.Aggregators;
using Tests.RobustInference.Attacks;
using TorchSharp;

namespace Tests.RobustInference.Evaluation;

public class RobustnessEvaluationTests
{
    [Fact]
    public void Without_validation_data_attacks_that_need_it_are_left_out()
    {
        var (answers, validation) = EveryAttack.Ensemble(1, samples: 20);
        var threat = new ThreatModel(7, [3]);
        Assert.DoesNotContain(
            "CPA",
            new RobustnessEvaluation(answers, null, threat, 0)
                .Run(new Mean(), AttackSuite.Paper, [])
                .Attacked.Select(entry => entry.Attack)
        );
        Assert.Contains(
            "CPA",
            new RobustnessEvaluation(answers, validation, threat, 0)
                .Run(new Mean(), AttackSuite.Paper, [])
                .Attacked.Select(entry => entry.Attack)
        );
    }

    [Fact]
    public void With_nobody_corrupted_every_accuracy_is_the_clean_one()
    {
        var (answers, validation) = EveryAttack.Ensemble(2, samples: 100);
        foreach (var row in EveryRule.All)
        {
            var report = new RobustnessEvaluation(answers, validation, new ThreatModel(7, []), 0).Run(
                row.Create(5, 0),
                AttackSuite.Paper,
                AttackSuite.Excluded
            );
            Assert.All(report.Attacked.Concat(report.Excluded), entry => Assert.Equal(report.Clean, entry.Right));
        }
    }

    [Fact]
    public void Corrupted_clients_answers_count_in_no_attacked_figure()
    {
        // Client 2 answers wrongly already and is the one who lies: what it would have answered must not matter under
        // SIA.
        var (answers, _) = EveryAttack.Ensemble(3, samples: 50);
        float[] spoiled = answers.Logits.data<float>().ToArray();
        for (int s = 0; s < 50; s++)
        for (int k = 0; k < 5; k++)
            spoiled[(s * 7 + 2) * 5 + k] = k;
        using var other = ProbitSet.FromLogits(
            "x",
            spoiled,
            answers.Logits.shape,
            answers.Labels.data<long>().ToArray()
        );
        foreach (var row in EveryRule.All)
        {
            using var scope = torch.NewDisposeScope();
            var rule = row.Create(5, 1);
            var rows = EveryRule.Rows(4, 50, 1, 5);
            Assert.Equal(
                Predictions.Correct(rule.Given(answers.Probits, [2]).Scores(rows), answers.Labels),
                Predictions.Correct(rule.Given(other.Probits, [2]).Scores(rows), answers.Labels)
            );
        }
    }

    [Fact]
    public void A_threat_model_for_another_number_of_clients_is_refused()
    {
        var (answers, _) = EveryAttack.Ensemble(1, samples: 5);
        Assert.Throws<ArgumentException>(() =>
            new RobustnessEvaluation(answers, null, new ThreatModel(8, [1]), 0).Run(new Mean(), [], [])
        );
    }

    [Fact]
    public void It_stops_between_attacks_when_asked()
    {
        var (answers, validation) = EveryAttack.Ensemble(1, samples: 20);
        using var cancel = new CancellationTokenSource();
        var seen = new List<string>();
        Assert.Throws<OperationCanceledException>(() =>
            new RobustnessEvaluation(answers, validation, new ThreatModel(7, [1]), 0).Run(
                new Mean(),
                AttackSuite.Paper,
                [],
                attack =>
                {
                    seen.Add(attack);
                    if (attack == "LMA")
                        cancel.Cancel();
                },
                cancel.Token
            )
        );
        Assert.Equal(["Logit flipping", "SIA-bb", "LMA"], seen);
    }
}
