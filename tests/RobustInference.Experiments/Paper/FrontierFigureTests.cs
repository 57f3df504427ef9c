using RobustInference.Paper;
using RobustInference.Probits;
using RobustInference.Reporting;
using RobustInference.Running;
using RobustInference.Training;

namespace Tests.RobustInference.Paper;

public class FrontierFigureTests
{
    static FrontierPoint Point(Adversary adversary, double clean, bool test) =>
        test
            ? new(new CertifiedRecipe(4, adversary), 6, null, null, clean, 0.9 - clean)
            : new(new CertifiedRecipe(4, adversary, HeldOut: 0.2), 6, clean, 0.9 - clean);

    [Fact]
    public void Each_threat_and_concentration_has_a_panel_with_hollow_held_out_and_filled_test_figures()
    {
        CertifiedFrontier Of(string name, params FrontierPoint[] points) => new(name, 17, [1, 2, 3, 4], points);
        var figure = FrontierFigure.Of(
            "Frontier",
            [
                Of(
                    "cifar10-a0.5-s0",
                    Point(Adversary.Fixed, 0.6, false),
                    Point(Adversary.Fixed, 0.5, false),
                    Point(Adversary.Any, 0.4, true)
                ),
                Of("cifar10-a0.5-s1", Point(Adversary.Fixed, 0.61, true)),
                Of("cifar10-a0.3-s0", Point(Adversary.Fixed, 0.45, true)),
            ]
        );
        Assert.Equal(["fixed, α = 0.3", "fixed, α = 0.5", "any, α = 0.5"], figure.Panels.Select(panel => panel.Title));
        var lines = figure.Panels[1].Series.Cast<LineSeries>().ToArray();
        Assert.Equal(["seed 0, held out", "seed 1, test"], lines.Select(line => line.Name));
        Assert.Equal([true, false], lines.Select(line => line.IsHollow));
        // A line runs along the frontier, not in the order of recipes.
        Assert.Equal([50, 60], lines[0].X);
        Assert.Single(figure.Panels.Select(panel => (panel.X.Min, panel.X.Max, panel.Y.Min, panel.Y.Max)).Distinct());
        Assert.Contains("<svg", figure.ToSvg());
    }
}
