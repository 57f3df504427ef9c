using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Numerics;
using RobustInference.Probits;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.RobustInference.Attacks;

/// <summary>Searches over one-hot rows against every combination of them.</summary>
public class TargetSearchTests
{
    const int Samples = 60,
        Clients = 7,
        Classes = 4;
    static readonly int[] Liars = [0, 5];

    public static TheoryData<string> Rules => EveryRule.Names;

    static float[] Leads(Aggregator rule, ProbitSet answers, Tensor rows)
    {
        using var scope = NewDisposeScope();
        return ScoreMargin
            .Leads(rule.Scores(Rows.Replace(answers.Probits, Liars, rows)), answers.Labels)
            .Floats()
            .ToArray();
    }

    static float[] LeadsUnder(IAttack attack, Aggregator rule, ProbitSet answers)
    {
        using var query = new AttackQuery(answers, rule, new ThreatModel(Clients, Liars), Seed: 1);
        using var sent = attack.Corrupt(query);
        return Leads(rule, answers, sent);
    }

    /// <summary>The least lead over all K² pairs of one-hot rows, and over those K−1 that agree on a class other than
    /// the label.</summary>
    static (float[] Pairs, float[] Agreed) BruteForce(Aggregator rule, ProbitSet answers)
    {
        float[] pairs = new float[Samples],
            agreed = new float[Samples];
        Array.Fill(pairs, float.PositiveInfinity);
        Array.Fill(agreed, float.PositiveInfinity);
        long[] labels = answers.Labels.data<long>().ToArray();
        for (int a = 0; a < Classes; a++)
        for (int b = 0; b < Classes; b++)
        {
            using var rows = zeros(Samples, 2, Classes);
            rows.select(1, 0).select(1, a).fill_(1);
            rows.select(1, 1).select(1, b).fill_(1);
            float[] leads = Leads(rule, answers, rows);
            for (int s = 0; s < Samples; s++)
            {
                pairs[s] = Math.Min(pairs[s], leads[s]);
                if (a == b && a != labels[s])
                    agreed[s] = Math.Min(agreed[s], leads[s]);
            }
        }
        return (pairs, agreed);
    }

    [Theory, MemberData(nameof(Rules))]
    public void Every_target_finds_the_least_lead_of_agreeing_clients_and_own_targets_go_on_from_there(string name)
    {
        using var rule = EveryRule.Named(name).Create(Classes, 2);
        using var answers = SyntheticProbits.Draw(Samples, Clients, Classes, 1);
        var (pairs, agreed) = BruteForce(rule, answers);
        float[] every = LeadsUnder(new AllTargets(), rule, answers),
            own = LeadsUnder(new PerClientTargets(rounds: 3), rule, answers);
        for (int s = 0; s < Samples; s++)
        {
            Assert.Equal(agreed[s], every[s], 1e-4);
            Assert.InRange(own[s], pairs[s] - 1e-4, every[s] + 1e-4);
        }
        // One client at a time can miss a pair that only helps together, but seldom does.
        Assert.True(Enumerable.Range(0, Samples).Count(s => own[s] < pairs[s] + 1e-4) > 0.9 * Samples);
        if (name == "DeepSet")
            Assert.Contains(Enumerable.Range(0, Samples), s => own[s] < every[s] - 1e-3);
    }

    [Theory, MemberData(nameof(Rules))]
    public void Two_targets_and_drawn_rows_are_never_worse_than_what_they_begin_with(string name)
    {
        using var rule = EveryRule.Named(name).Create(Classes, 2);
        using var answers = SyntheticProbits.Draw(Samples, Clients, Classes, 2);
        float[] every = LeadsUnder(new AllTargets(), rule, answers),
            two = LeadsUnder(new TwoTargets(), rule, answers);
        float[] one = LeadsUnder(new RandomSearch(queries: 1), rule, answers),
            many = LeadsUnder(new RandomSearch(queries: 60), rule, answers);
        for (int s = 0; s < Samples; s++)
        {
            Assert.True(two[s] <= every[s] + 1e-5, $"sample {s}: {two[s]} with two targets, {every[s]} with one");
            Assert.True(many[s] <= one[s] + 1e-5, $"sample {s}: {many[s]} after 60 tries, {one[s]} after one");
        }
        if (name != "Constant")
            Assert.True(many.Sum() < one.Sum());
    }

    [Fact]
    public void Targets_are_ranked_by_the_lead_that_they_leave_and_the_label_is_none()
    {
        // Mean of the two honest rows and one liar: class 2 is the label's nearest rival, then 1, then 3.
        using var answers = ProbitSet.FromProbits(
            "x",
            [0.5f, 0.15f, 0.25f, 0.1f, 0.5f, 0.15f, 0.25f, 0.1f, 1, 0, 0, 0],
            [1, 3, 4],
            [0]
        );
        using var query = new AttackQuery(answers, new Mean(), new ThreatModel(3, [2]));
        using var given = query.Rule.Given(answers.Probits, [2]);
        using var ranked = AllTargets.Ranked(new QueryChunk(query, given, 0), 3);
        Assert.Equal([2L, 1, 3], ranked.data<long>().ToArray());
    }

    [Fact]
    public void Samples_beyond_the_first_chunk_are_their_own()
    {
        using var answers = SyntheticProbits.Draw(1100, Clients, Classes, 3);
        using var few = answers.Select([1099, 3]);
        Tensor Sent(ProbitSet set)
        {
            using var query = new AttackQuery(set, new CoordinateWiseTrimmedMean(2), new ThreatModel(Clients, Liars));
            return new TwoTargets().Corrupt(query);
        }
        using Tensor whole = Sent(answers),
            part = Sent(few),
            index = tensor(new long[] { 1099, 3 }),
            same = whole.index_select(0, index);
        Assert.Equal(0, EveryRule.Distance(same, part));
    }
}
