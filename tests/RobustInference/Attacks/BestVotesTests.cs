using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using Tests.RobustInference.Aggregators;
using Tests.RobustInference.Certificates;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Attacks;

public class BestVotesTests
{
    const int Clients = 6,
        Classes = 4;

    [Fact]
    public void Rows_lie_on_the_simplex_and_give_what_is_said()
    {
        using var scope = NewDisposeScope();
        using var network = DrawnVotes.Network(Clients, Classes, members: 2).WithInfluences();
        using var rows = VoteRows.Search(new CertifiedVote(network), seed: 1);
        for (int client = 0; client < Clients; client++)
        for (long y = 0; y < Classes; y++)
        for (long t = 0; t < Classes; t++)
        {
            var row = rows.Of([client], tensor(new[] { y }), tensor(new[] { t }));
            Assert.True(row.min().ToSingle() >= 0);
            Assert.Equal(1, row.sum().ToSingle(), 1e-5);
            double[] vote = network.Votes(row, tensor(new[] { (long)client })).data<double>().ToArray();
            Assert.Equal(vote[t] - vote[y], rows.Gains[client, y, t].ToSingle(), 1e-4);
        }
    }

    [Fact]
    public void They_do_at_least_as_much_as_one_class_that_all_agree_on()
    {
        using var scope = NewDisposeScope();
        using var network = DrawnVotes.Network(Clients, Classes);
        using var rule = new CertifiedVote(network);
        using var answers = Ensembles.Draw(2, 200, Clients, Classes);
        using var query = new AttackQuery(answers, rule, new ThreatModel(Clients, [1, 4]));
        using var rows = VoteRows.Search(new CertifiedVote(network), seed: 1);
        float[] Leads(IAttack attack) =>
            ScoreMargin
                .Leads(rule.Scores(Rows.Replace(answers.Probits, [1, 4], attack.Corrupt(query))), answers.Labels)
                .Floats()
                .ToArray();
        float[] best = Leads(new BestVotes(rows)),
            agreed = Leads(new AllTargets());
        for (int s = 0; s < best.Length; s++)
            Assert.True(best[s] <= agreed[s] + 1e-4, $"sample {s}: {best[s]} and {agreed[s]}");
        Assert.True(best.Zip(agreed).Count(pair => pair.First < pair.Second - 0.1) > 20);
    }

    [Fact]
    public void No_other_clients_do_more_with_the_same_rows()
    {
        using var scope = NewDisposeScope();
        using var network = DrawnVotes.Network(Clients, Classes).WithInfluences();
        using var rule = new CertifiedVote(network);
        using var answers = Ensembles.Draw(3, 60, Clients, Classes);
        using var query = new AttackQuery(answers, rule, new ThreatModel(Clients, [0, 1]));
        using var rows = VoteRows.Search(new CertifiedVote(network), seed: 1);
        long[] chosen = new VoteClientSelection(rows).Choose(query).Integers();
        float Lead(ProbitSet one, int[] clients)
        {
            using var own = new AttackQuery(one, rule, new ThreatModel(Clients, clients));
            return ScoreMargin
                .Leads(
                    rule.Scores(Rows.Replace(one.Probits, own.Threat.Corrupted, new BestVotes(rows).Corrupt(own))),
                    one.Labels
                )
                .item<float>();
        }
        for (int s = 0; s < 60; s++)
        {
            using var inner = NewDisposeScope();
            using var one = answers.Select([s]);
            float found = Lead(one, [(int)chosen[2 * s], (int)chosen[2 * s + 1]]),
                least = Ensembles.Sets(Clients, 2).Min(clients => Lead(one, clients));
            Assert.Equal(least, found, 1e-3);
        }
    }

    [Fact]
    public void Only_votes_are_attacked_so()
    {
        using var scope = NewDisposeScope();
        using var network = DrawnVotes.Network(Clients, Classes);
        using var rows = VoteRows.Search(new CertifiedVote(network), seed: 1);
        using var answers = Ensembles.Draw(4, 5, Clients, Classes);
        using var query = new AttackQuery(answers, new Mean(), new ThreatModel(Clients, [0]));
        Assert.Contains(
            "has no votes",
            Assert.Throws<ArgumentException>(() => new BestVotes(rows).Corrupt(query)).Message
        );
        Assert.Throws<ArgumentException>(() => new VoteClientSelection(rows).Choose(query));
    }
}
