using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using Tests.RobustInference.Aggregators;
using Tests.RobustInference.Certificates;
using TorchSharp;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.RobustInference.Attacks;

/// <summary>Searches by scores against the same searches written sample by sample in plain arrays: the same rows and
/// the same clients, every one.</summary>
public class SearchByScoreTests
{
    const int Samples = 530, // more than a chunk
        Clients = 7,
        Classes = 5;
    static readonly int[] Liars = [1, 4];

    public static TheoryData<string> Rules => EveryRule.Names;

    static float Lead(ReadOnlySpan<float> scores, int label)
    {
        float rival = float.NegativeInfinity;
        for (int k = 0; k < scores.Length; k++)
            if (k != label && !(scores[k] <= rival))
                rival = scores[k];
        float lead = scores[label] - rival;
        return float.IsNaN(lead) ? float.NegativeInfinity : lead;
    }

    static float[] Leads(Tensor scores, long[] labels)
    {
        float[] all = scores.contiguous().Floats().ToArray();
        return [.. labels.Select((label, s) => Lead(all.AsSpan(s * Classes, Classes), (int)label))];
    }

    /// <summary>Of tries in a row the first under which a sample's label leads least.</summary>
    static float[] Best(ConditionedAggregator given, long[] labels, IEnumerable<Tensor> tries)
    {
        float[] rows = [],
            least = [];
        foreach (var tried in tries)
        {
            float[] values = tried.contiguous().Floats().ToArray(),
                leads = Leads(given.Scores(tried), labels);
            if (rows.Length == 0)
                (rows, least) = (values, leads);
            int size = values.Length / leads.Length;
            for (int s = 0; s < leads.Length; s++)
                if (leads[s] < least[s])
                {
                    least[s] = leads[s];
                    values.AsSpan(s * size, size).CopyTo(rows.AsSpan(s * size));
                }
        }
        return rows;
    }

    static Tensor Agreed(long[] targets) => OneHot.Agreed(tensor(targets), Liars.Length, Classes);

    /// <summary>The classes other than the label, by the lead that they leave when all agree on one.</summary>
    static long[][] Ranked(ConditionedAggregator given, long[] labels)
    {
        float[][] leads =
        [
            .. Enumerable
                .Range(0, Classes)
                .Select(k => Leads(given.Scores(Agreed([.. labels.Select(_ => (long)k)])), labels)),
        ];
        return
        [
            .. labels.Select(
                (label, s) =>
                    Enumerable
                        .Range(0, Classes)
                        .Where(k => k != label)
                        .OrderBy(k => leads[k][s])
                        .Select(k => (long)k)
                        .ToArray()
            ),
        ];
    }

    static void Check(string name, IAttack attack, Func<ConditionedAggregator, long[], float[]> plain)
    {
        using var scope = NewDisposeScope();
        using var rule = EveryRule.Named(name).Create(Classes, Liars.Length);
        using var answers = SyntheticProbits.Draw(Samples, Clients, Classes, 5);
        using var query = new AttackQuery(answers, rule, new ThreatModel(Clients, Liars), Seed: 1);
        float[] sent = attack.Corrupt(query).Floats().ToArray();
        var expected = new List<float>();
        // Chunks of the same size: a matrix product rounds differently in another batch.
        for (int from = 0; from < Samples; from += 500)
        {
            int count = Math.Min(500, Samples - from);
            using var given = rule.Given(answers.Probits.narrow(0, from, count), Liars);
            expected.AddRange(plain(given, answers.Labels.narrow(0, from, count).Integers()));
        }
        Assert.Equal(expected, sent);
    }

    [Theory, MemberData(nameof(Rules))]
    public void Every_target(string name) =>
        Check(
            name,
            new AllTargets(),
            (given, labels) => Agreed([.. Ranked(given, labels).Select(row => row[0])]).Floats().ToArray()
        );

    [Theory, MemberData(nameof(Rules))]
    public void Own_targets(string name) =>
        Check(
            name,
            new PerClientTargets(),
            (given, labels) =>
            {
                float[] rows = Agreed([.. Ranked(given, labels).Select(row => row[0])]).Floats().ToArray();
                for (int client = 0; client < Liars.Length; client++)
                {
                    float[] before = rows;
                    int turn = client;
                    rows = Best(given, labels, Enumerable.Range(-1, Classes + 1).Select(k => Changed(before, turn, k)));
                }
                return rows;
            }
        );

    /// <summary>Rows of which one client sends class k; as they are where k is −1.</summary>
    static Tensor Changed(float[] rows, int client, int k)
    {
        var changed = tensor(rows).view(-1, Liars.Length, Classes);
        if (k >= 0)
            changed.select(1, client).zero_().select(1, k).fill_(1);
        return changed;
    }

    [Theory, MemberData(nameof(Rules))]
    public void Two_targets(string name) =>
        Check(name, new TwoTargets(3), (given, labels) => Best(given, labels, Pairs(Ranked(given, labels), 3)));

    static IEnumerable<Tensor> Pairs(long[][] ranked, int count)
    {
        Tensor[] rows =
        [
            .. Enumerable.Range(0, count).Select(rank => Agreed([.. ranked.Select(classes => classes[rank])])),
        ];
        yield return rows[0];
        for (int first = 0; first < count; first++)
        for (int second = first + 1; second < count; second++)
        {
            yield return cat([rows[first].narrow(1, 0, 1), rows[second].narrow(1, 1, 1)], 1);
            foreach (float share in new[] { 0.25f, 0.5f, 0.75f })
                yield return share * rows[first] + (1 - share) * rows[second];
        }
    }

    [Theory, MemberData(nameof(Rules))]
    public void Chosen_clients(string name)
    {
        using var scope = NewDisposeScope();
        using var rule = EveryRule.Named(name).Create(Classes, Liars.Length);
        using var answers = SyntheticProbits.Draw(Samples, Clients, Classes, 6);
        using var query = new AttackQuery(answers, rule, new ThreatModel(Clients, [0, 1]));
        long[] labels = answers.Labels.Integers();
        var own = answers.Probits.gather(2, answers.Labels.view(-1, 1, 1).expand(-1, Clients, 1));
        var order = (own - answers.Probits).topk(2, 1).indexes; // [S, f, K]
        float[][] leads =
        [
            .. Enumerable
                .Range(0, Classes)
                .Select(k => Leads(Sending(order.select(2, k), [.. labels.Select(_ => (long)k)]), labels)),
        ];
        long[][] ranked =
        [
            .. labels.Select(
                (label, s) =>
                    Enumerable
                        .Range(0, Classes)
                        .Where(k => k != label)
                        .OrderBy(k => leads[k][s])
                        .Select(k => (long)k)
                        .ToArray()
            ),
        ];
        for (int rank = 1; rank <= 3; rank++)
        {
            var target = tensor([.. ranked.Select(classes => classes[rank - 1])]).view(-1, 1, 1);
            Assert.Equal(
                order.gather(2, target.expand(-1, 2, 1)).squeeze(2).contiguous().Integers(),
                new TargetedClientSelection(rank).Choose(query).Integers()
            );
        }

        long[] targets = [.. ranked.Select(classes => classes[0])],
            chosen = new long[2 * Samples];
        Array.Fill(chosen, -1);
        for (int step = 0; step < 2; step++)
        {
            var least = new float[Samples];
            for (int client = 0; client < Clients; client++)
            {
                long[] tried =
                [
                    .. Enumerable.Range(0, Samples).SelectMany(s => chosen[(2 * s)..(2 * s + step)].Append(client)),
                ];
                float[] under = Leads(Sending(tensor(tried).view(Samples, step + 1), targets), labels);
                for (int s = 0; s < Samples; s++)
                {
                    int at = 2 * s + step;
                    bool isTaken = step == 1 && chosen[2 * s] == client;
                    if (!isTaken && (chosen[at] < 0 || under[s] < least[s]))
                        (chosen[at], least[s]) = (client, under[s]);
                }
            }
        }
        Assert.Equal(chosen, new GreedyClientSelection().Choose(query).contiguous().Integers());

        Tensor Sending(Tensor clients, long[] classes) => Chosen.Scores(query, clients, tensor(classes));
    }

    [Fact]
    public void Best_votes()
    {
        using var scope = NewDisposeScope();
        using var network = DrawnVotes.Network(Clients, Classes, members: 2);
        using var rows = VoteRows.Search(new CertifiedVote(network), seed: 1);
        var rule = new CertifiedVote(network);
        using var answers = SyntheticProbits.Draw(60, Clients, Classes, 7);
        using var query = new AttackQuery(answers, rule, new ThreatModel(Clients, Liars));
        using var given = rule.Given(answers.Probits, Liars);
        long[] labels = answers.Labels.Integers(),
            best = new long[labels.Length];
        var least = new float[labels.Length];
        Array.Fill(least, float.PositiveInfinity);
        for (long target = 0; target < Classes; target++)
        {
            float[] leads = Leads(
                given.Scores(rows.Of(Liars, answers.Labels, full_like(answers.Labels, target))),
                labels
            );
            for (int s = 0; s < labels.Length; s++)
                if (labels[s] != target && leads[s] < least[s])
                    (best[s], least[s]) = (target, leads[s]);
        }
        Assert.Equal(
            rows.Of(Liars, answers.Labels, tensor(best)).Floats().ToArray(),
            new BestVotes(rows).Corrupt(query).Floats().ToArray()
        );
    }
}
