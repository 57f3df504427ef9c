using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Numerics;
using RobustInference.Probits;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.RobustInference.Attacks;

public class ClientChoiceTests
{
    const int Samples = 40,
        Clients = 7,
        Classes = 4,
        Corrupted = 2;

    public static TheoryData<string> Choices => [.. AttackSuite.Any.Select(any => any.Choice.Name)];

    static long[,] Chosen(IClientSelection choice, Aggregator rule, ProbitSet answers, int corrupted = Corrupted)
    {
        using var query = new AttackQuery(
            answers,
            rule,
            new ThreatModel(Clients, Enumerable.Range(0, corrupted)),
            Seed: 3
        );
        using var chosen = choice.Choose(query);
        Assert.Equal([answers.Samples, corrupted], chosen.shape);
        long[] flat = chosen.contiguous().data<long>().ToArray();
        var result = new long[answers.Samples, corrupted];
        for (int i = 0; i < flat.Length; i++)
            result[i / corrupted, i % corrupted] = flat[i];
        return result;
    }

    [Theory, MemberData(nameof(Choices))]
    public void Each_sample_gets_f_different_clients_of_the_n(string name)
    {
        using var answers = SyntheticProbits.Draw(Samples, Clients, Classes, 1);
        foreach (var row in EveryRule.All)
        {
            long[,] chosen = Chosen(
                AttackSuite.Any.Single(any => any.Choice.Name == name).Choice,
                row.Create(Classes, Corrupted),
                answers
            );
            for (int s = 0; s < Samples; s++)
            {
                long[] own = [.. Enumerable.Range(0, Corrupted).Select(i => chosen[s, i])];
                Assert.Equal(Corrupted, own.Distinct().Count());
                Assert.All(own, client => Assert.InRange(client, 0, Clients - 1));
            }
        }
    }

    // The mean, by enumeration: every pair of clients, every class.
    [Fact]
    public void Against_the_mean_supporters_and_greedy_are_the_worst_clients_there_are()
    {
        using var scope = NewDisposeScope();
        using var answers = SyntheticProbits.Draw(Samples, Clients, Classes, 2);
        float[] Leads(Func<int, long[]> who, int target)
        {
            var all = answers.Probits.clone();
            for (int s = 0; s < Samples; s++)
                foreach (long client in who(s))
                    all[s, client] = nn
                        .functional.one_hot(tensor(target, ScalarType.Int64), Classes)
                        .to(ScalarType.Float32);
            return ScoreMargin.Leads(all.mean([1L]), answers.Labels).Floats().ToArray();
        }
        float[] Least(Func<int, long[]> who) =>
            [.. Enumerable.Range(0, Classes).Select(k => Leads(who, k)).Aggregate((a, b) => [.. a.Zip(b, Math.Min)])];
        var worst = new float[Samples];
        Array.Fill(worst, float.PositiveInfinity);
        for (int a = 0; a < Clients; a++)
        for (int b = a + 1; b < Clients; b++)
        {
            float[] leads = Least(_ => [a, b]);
            for (int s = 0; s < Samples; s++)
                worst[s] = Math.Min(worst[s], leads[s]);
        }
        foreach (
            IClientSelection choice in new IClientSelection[]
            {
                new TargetedClientSelection(),
                new GreedyClientSelection(),
            }
        )
        {
            long[,] chosen = Chosen(choice, new Mean(), answers);
            float[] leads = Least(s => [chosen[s, 0], chosen[s, 1]]);
            for (int s = 0; s < Samples; s++)
                Assert.Equal(worst[s], leads[s], 1e-5);
        }
    }

    [Fact]
    public void Chosen_clients_come_first_and_the_others_keep_their_order()
    {
        using var clients = tensor(new long[] { 4, 1, 0, 2 }, [2, 2]);
        using var order = global::RobustInference.Attacks.Chosen.First(clients, 5);
        Assert.Equal([4L, 1, 0, 2, 3, 0, 2, 1, 3, 4], order.data<long>().ToArray());
    }
}
