using RobustInference.Networks;
using RobustInference.Training;
using Workbook.Benchmarks;

namespace Tests.RobustInference.Training;

public class VoteChoiceTests
{
    static CertifiedFigures Figures(double clean, double any, double worst = 0.1) =>
        new(clean, 0.5, any, 4, [0.5, 0.5, 0.5, 0.5], [any, any, any, worst], Mean: 0.6);

    [Fact]
    public void The_most_is_certified_of_those_that_cost_no_more_than_is_allowed()
    {
        CertifiedFigures[] figures = [Figures(0.62, 0.2), Figures(0.6, 0.25), Figures(0.58, 0.3), Figures(0.5, 0.4)];
        Assert.Equal(1, new VoteChoice(0).Best(figures));
        Assert.Equal(2, new VoteChoice(0.021).Best(figures));
        Assert.Equal(3, new VoteChoice(0.2).Best(figures));
        Assert.Equal(0, new VoteChoice(-0.05).Best(figures));
    }

    [Fact]
    public void A_candidate_that_gives_a_class_up_stands_behind_one_that_does_not()
    {
        Assert.Equal(1, new VoteChoice(0).Best([Figures(0.6, 0.3, worst: 0.009), Figures(0.6, 0.25, worst: 0.01)]));
        Assert.Equal((3, 4), (Figures(0.6, 0.3, worst: 0.009).Covered, Figures(0.6, 0.3, worst: 0.01).Covered));
    }

    [Fact]
    public void Candidates_are_measured_on_what_they_were_not_trained_on_and_the_chosen_one_gets_all()
    {
        using var validation = SyntheticProbits.Draw(200, 5, 3, seed: 1);
        var recipe = new CertifiedVoteRecipe(Corrupted: 1, Hidden: 8, Passes: 2, HeldOut: 0.3);
        CertifiedVoteRecipe[] candidates = [recipe with { Weight = 0 }, recipe with { Weight = 1 }];
        var heard = new List<int>();
        var (chosen, figures) = new VoteChoice(0.5).Choose(candidates, validation, (index, _) => heard.Add(index));
        Assert.Equal([0, 0, 1, 1], heard);
        Assert.Equal(2, figures.Count);
        Assert.Equal(0, chosen.HeldOut);
        Assert.Contains(chosen with { HeldOut = 0.3 }, candidates);
        Assert.Throws<ArgumentException>(() => new VoteChoice(0).Choose([], validation));
        Assert.Throws<ArgumentException>(() => new VoteChoice(0).Choose([recipe with { HeldOut = 0 }], validation));
    }
}
