using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Probits;

namespace Tests.RobustInference.Certificates;

public class PluralityWorstCaseTests
{
    /// <summary>A client votes for each of the classes named.</summary>
    static ProbitSet Votes(params int[] votes) =>
        ProbitSet.FromProbits(
            "votes",
            [.. votes.SelectMany(vote => Enumerable.Range(0, 3).Select(k => k == vote ? 0.6f : 0.2f))],
            [1, votes.Length, 3],
            [0]
        );

    static double Margin(ProbitSet answers, Adversary adversary, params int[] liars)
    {
        using var margins = new PluralityWorstCase().Margins(
            answers,
            adversary,
            new ThreatModel(answers.Clients, liars)
        );
        return margins.item<double>() * answers.Clients;
    }

    // Five votes for the label, two for class 1, one for class 2.
    [Fact]
    public void By_hand()
    {
        using var answers = Votes(0, 0, 0, 0, 0, 1, 1, 2);
        // Client 0 lies: 4 : 3. Client 5 lies, who voted for class 1 anyway: 5 : 2. Client 7 lies: 5 : 3.
        Assert.Equal(1, Margin(answers, Adversary.Fixed, 0), 1e-9);
        Assert.Equal(3, Margin(answers, Adversary.Fixed, 5), 1e-9);
        Assert.Equal(2, Margin(answers, Adversary.Fixed, 7), 1e-9);
        // Who may choose takes a voter for the label: 4 : 3; two: 3 : 4; three: 2 : 5.
        Assert.Equal(1, Margin(answers, Adversary.Any, 7), 1e-9);
        Assert.Equal(-1, Margin(answers, Adversary.Any, 6, 7), 1e-9);
        Assert.Equal(-3, Margin(answers, Adversary.Any, 5, 6, 7), 1e-9);
    }

    // One vote for the label and four for class 1: the second liar of an adversary who may choose has nothing better
    // than a voter for class 2.
    [Fact]
    public void When_the_labels_voters_run_out_others_are_bought()
    {
        using var answers = Votes(0, 1, 1, 1, 1, 2, 2);
        Assert.Equal(-5, Margin(answers, Adversary.Any, 0), 1e-9);
        Assert.Equal(-6, Margin(answers, Adversary.Any, 0, 1), 1e-9);
        Assert.Equal(-7, Margin(answers, Adversary.Any, 0, 1, 2), 1e-9);
    }

    [Fact]
    public void A_vote_that_is_shared_goes_to_the_first_class()
    {
        using var answers = ProbitSet.FromProbits(
            "shared",
            [0.2f, 0.4f, 0.4f, 0.4f, 0.2f, 0.4f, 1 / 3f, 1 / 3f, 1 / 3f],
            [1, 3, 3],
            [0]
        );
        using var votes = PluralityVote.Votes(answers.Probits);
        Assert.Equal([1, 0, 0], votes.data<long>().ToArray());
        Assert.Equal(1, Margin(answers, Adversary.Fixed), 1e-9);
    }
}
