using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Certificates;
using RobustInference.Numerics;
using RobustInference.Probits;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.RobustInference.Attacks;

public class AutoProjectedGradientTests
{
    const int Samples = 120,
        Clients = 9,
        Classes = 5;
    static readonly int[] Liars = [1, 4, 8];

    public static TheoryData<string> Rules => EveryRule.Names;

    public static TheoryData<AscentStart, int> StartsAndLosses =>
        [.. from start in Enum.GetValues<AscentStart>() from loss in new[] { 0, 1, 2 } select (start, loss)];

    static (Tensor Rows, float[] Leads) Climb(
        Aggregator rule,
        ProbitSet answers,
        Tensor start,
        IScoreLoss loss,
        int steps
    )
    {
        using var given = rule.Given(answers.Probits, Liars);
        var rows = new AutoProjectedGradient(steps).Ascend(given, loss, answers.Labels, start);
        return (rows, ScoreMargin.Leads(given.Scores(rows), answers.Labels).Floats().ToArray());
    }

    static Tensor Start(long seed)
    {
        using var generator = RandomStream.Torch(seed, "test-start");
        return rand([Samples, Liars.Length, Classes], generator: generator);
    }

    // The oracle is the certificate: no corruption of the mean is worse than its exact margin, and one-hot rows attain
    // it.
    [Theory, MemberData(nameof(StartsAndLosses))]
    public void Against_the_mean_what_stands_was_brought_to_its_exact_worst_case(AscentStart start, int loss)
    {
        using var scope = NewDisposeScope();
        using var answers = SyntheticProbits.Draw(Samples, Clients, Classes, 1);
        var threat = new ThreatModel(Clients, Liars);
        IScoreLoss climbed = loss switch
        {
            0 => new ScoreMargin(),
            1 => new CrossEntropy(),
            _ => new LogitsRatio(),
        };
        using var query = new AttackQuery(answers, new Mean(), threat, Seed: 2);
        var sent = new AutoProjectedGradientAttack(climbed, SortGradient.Mean, start).Corrupt(query);
        using var given = new Mean().Given(answers.Probits, Liars);
        float[] reached = ScoreMargin.Leads(given.Scores(sent), answers.Labels).Floats().ToArray();
        double[] exact = new Mean()
            .Certificate(Adversary.Fixed)
            .Margins(answers, Adversary.Fixed, threat)
            .data<double>()
            .ToArray();
        int near = 0,
            standing = 0;
        for (int s = 0; s < Samples; s++)
        {
            Assert.True(reached[s] >= exact[s] - 1e-5, $"sample {s}: {reached[s]} is below the exact {exact[s]}");
            if (exact[s] <= 0)
                Assert.True(
                    reached[s] <= 0 || exact[s] > -0.02,
                    $"sample {s} stands with {reached[s]}, its exact margin is {exact[s]}"
                );
            else
                (standing, near) = (standing + 1, near + (reached[s] < exact[s] + 1e-3 ? 1 : 0));
        }
        Assert.True(standing > 10);
        // The other losses trade the rival's score against all others', whose optimum is another corner for some
        // samples.
        Assert.True(near >= (loss == 0 ? 0.9 : 0.5) * standing, $"{near} of {standing}");
    }

    [Theory, MemberData(nameof(Rules))]
    public void More_steps_never_leave_a_greater_lead(string name)
    {
        using var scope = NewDisposeScope();
        using var rule = EveryRule.Named(name).Create(Classes, 3);
        using var answers = SyntheticProbits.Draw(Samples, Clients, Classes, 3);
        var start = Start(4);
        var (none, at) = Climb(rule, answers, start, new ScoreMargin(), steps: 0);
        Assert.InRange(EveryRule.Distance(nn.functional.softmax(start, -1), none), 0, 1e-6);
        float[] before = at;
        double sumBefore = before.Sum(lead => Math.Max(lead, 0));
        // The same path, longer: checkpoints of the two lengths differ, so only the start can be compared sample by
        // sample.
        foreach (int steps in new[] { 5, 40 })
        {
            var (_, leads) = Climb(rule, answers, start, new ScoreMargin(), steps);
            for (int s = 0; s < Samples; s++)
                Assert.True(leads[s] <= before[s] + 1e-5, $"sample {s}: from {before[s]} to {leads[s]}");
        }
        if (name != "Constant")
            Assert.True(
                Climb(rule, answers, start, new ScoreMargin(), 40).Leads.Sum(lead => Math.Max(lead, 0)) < sumBefore
            );
    }

    [Theory, MemberData(nameof(Rules))]
    public void Samples_that_are_lost_already_stay_where_they_start_and_the_start_is_not_changed(string name)
    {
        using var scope = NewDisposeScope();
        using var rule = EveryRule.Named(name).Create(Classes, 3);
        using var drawn = SyntheticProbits.Draw(Samples, Clients, Classes, 5);
        var start = Start(6);
        var before = start.clone();
        using var given = rule.Given(drawn.Probits, Liars);
        var least = given.Scores(nn.functional.softmax(start, -1)).argmin(1);
        using var answers = ProbitSet.FromLogits(
            "lost",
            drawn.Logits.data<float>().ToArray(),
            drawn.Logits.shape,
            least.data<long>().ToArray()
        );
        var (rows, _) = Climb(rule, answers, start, new ScoreMargin(), steps: 10);
        Assert.InRange(EveryRule.Distance(nn.functional.softmax(start, -1), rows), 0, 1e-6);
        Assert.Equal(0, EveryRule.Distance(before, start));
    }
}
