using CsCheck;
using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Aggregators;

public class CertifiedVoteTests
{
    static void Set(Tensor weights, params float[] values)
    {
        using var untracked = no_grad();
        using var source = tensor(values).view(weights.shape);
        weights.copy_(source);
    }

    /// <summary>Two clients, two classes, one hidden unit: the vote of client i for class 0 is the logistic function of
    /// 2·relu(3·(p₀ + e_i)) − 1, with e = (0, 0.5) and the second client's influence 0.5.</summary>
    static VoteNetwork Tiny()
    {
        var member = new VoteMember(clients: 2, classes: 2, hidden: 1, embedding: 1, seed: 0);
        Set(member.RowIn.weight!, 1, 0, 0, 0);
        Set(member.RowIn.bias!, 0);
        Set(member.OfClient, 0, 0.5f);
        Set(member.ClientIn, 1);
        Set(member.Between.weight!, 3);
        Set(member.Between.bias!, 0);
        Set(member.VoteOut.weight!, 2, 0);
        Set(member.VoteOut.bias!, -1, 0);
        Set(member.Influence, 1, 0.5f);
        Set(member.Bias, 0, 0.25f);
        return new VoteNetwork([member]);
    }

    [Fact]
    public void A_tiny_network_worked_out_by_hand()
    {
        using var scope = NewDisposeScope();
        using var rule = new CertifiedVote(Tiny());
        var answers = tensor(new float[] { 0.2f, 0.8f, 0.1f, 0.9f }, [1, 2, 2]);
        double first = 1 / (1 + Math.Exp(-(6 * 0.2 - 1))),
            second = 0.5 / (1 + Math.Exp(-(6 * 0.6 - 1)));
        float[] scores = rule.Scores(answers).data<float>().ToArray();
        Assert.Equal(first + second, scores[0], 1e-5);
        Assert.Equal(1 - first + 0.5 - second + 0.25, scores[1], 1e-5);
    }

    [Fact]
    public void The_logarithm_of_a_row_is_read_too()
    {
        using var scope = NewDisposeScope();
        float[] features = VoteMember.Features(tensor(new float[] { 1, 0 }, [1, 1, 2])).data<float>().ToArray();
        Assert.Equal([1, 0], features[..2]);
        Assert.Equal(Math.Log(1.001) / 4 + 1, features[2], 1e-6);
        Assert.Equal(Math.Log(0.001) / 4 + 1, features[3], 1e-6);
    }

    [Fact]
    public void Votes_lie_in_the_simplex_times_the_influence()
    {
        using var scope = NewDisposeScope();
        using var network = DrawnVotes.Network(5, 4, members: 3).WithInfluences();
        var votes = network.Votes(EveryRule.Rows(1, 50, 5, 4, oneHot: true));
        Assert.True(votes.min().ToSingle() >= 0);
        var sums = votes.sum(-1);
        for (int i = 0; i < 5; i++)
            Assert.Equal(0, (sums.select(1, i) - 1f / (i + 1)).abs().max().ToSingle(), 1e-5);
    }

    [Fact]
    public void Conditioned_on_honest_rows_it_is_the_rule_on_all_rows() =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 8], Gen.Int[2, 6], Gen.Int[0, 7], Gen.Int[1, 3], Gen.Long[0, 1 << 30])
            .Sample(
                (samples, clients, classes, liars, members, seed) =>
                {
                    using var scope = NewDisposeScope();
                    using var network = DrawnVotes.Network(clients, classes, members, seed: seed).WithInfluences();
                    using var rule = new CertifiedVote(network);
                    ConditionedRule.IsTheRule(
                        rule,
                        samples,
                        clients,
                        classes,
                        liars,
                        seed,
                        oneHot: true,
                        tolerance: 1e-4
                    );
                },
                iter: 80
            );

    [Fact]
    public void A_sample_is_answered_alone_as_among_others()
    {
        using var scope = NewDisposeScope();
        using var rule = new CertifiedVote(DrawnVotes.Network(7, 5, members: 2));
        var answers = EveryRule.Rows(3, 40, 7, 5);
        var together = rule.Scores(answers);
        for (int s = 0; s < 40; s++)
            Assert.InRange(EveryRule.Distance(together.narrow(0, s, 1), rule.Scores(answers.narrow(0, s, 1))), 0, 1e-5);
    }

    [Fact]
    public void It_knows_who_answers_unless_it_has_no_embedding()
    {
        using var scope = NewDisposeScope();
        var answers = EveryRule.Rows(4, 20, 6, 4);
        var swapped = answers.index_select(1, tensor(new long[] { 1, 0, 2, 3, 4, 5 }));
        double Change(int embedding)
        {
            using var rule = new CertifiedVote(DrawnVotes.Network(6, 4, embedding: embedding));
            Assert.True(rule.KnowsClients);
            return EveryRule.Distance(rule.Scores(answers), rule.Scores(swapped));
        }
        Assert.InRange(Change(embedding: 3), 1e-2, 6);
        Assert.InRange(Change(embedding: 0), 0, 1e-5);
    }

    [Fact]
    public void Other_clients_or_classes_than_it_was_made_for_are_refused()
    {
        using var scope = NewDisposeScope();
        using var rule = new CertifiedVote(DrawnVotes.Network(5, 4));
        Assert.Contains(
            "was made for 5 clients, the answers are of 6",
            Assert.Throws<ArgumentException>(() => rule.Scores(EveryRule.Rows(1, 2, 6, 4))).Message
        );
        Assert.Contains(
            "was made for 4 classes, the answers have 3",
            Assert.Throws<ArgumentException>(() => rule.Given(EveryRule.Rows(1, 2, 5, 3), [0])).Message
        );
    }

    [Fact]
    public void Members_must_be_for_the_same_clients()
    {
        Assert.Throws<ArgumentException>(() => new VoteNetwork([]));
        Assert.Throws<ArgumentException>(() =>
            new VoteNetwork([new VoteMember(3, 2, 4, 1, 0), new VoteMember(4, 2, 4, 1, 0)])
        );
    }
}
