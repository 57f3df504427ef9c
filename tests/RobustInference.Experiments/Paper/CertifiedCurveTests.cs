using RobustInference.Catalogue;
using RobustInference.Paper;
using RobustInference.Reporting;
using RobustInference.Training;

namespace Tests.RobustInference.Paper;

public class CertifiedCurveTests
{
    [Fact]
    public void One_vote_stands_for_every_f_and_the_trimmed_mean_trims_each()
    {
        var cells = CertifiedCurve.Experiment("cifar10", 0.5, [0, 1]).Cells();
        Assert.Equal(2 * 9 * 3 * 2, cells.Count);
        Assert.Equal(Enumerable.Range(0, 9), cells.Select(cell => cell.Corrupted).Distinct().Order());
        Assert.All(
            cells.Where(cell => cell.Aggregator.Name == RuleId.CertifiedVote),
            cell =>
                Assert.Equal(
                    (4, cell.Ensemble.Seed),
                    cell.Aggregator.Settings is CertifiedVoteRecipe recipe ? (recipe.Corrupted, recipe.Seed) : default
                )
        );
        // The point at the paper's f is the cell of the tables.
        Assert.Contains(
            CertificationSummary
                .Experiments("cifar10", 0.5, [0], global::RobustInference.Probits.Adversary.Any)[0]
                .Cells()
                .Single(cell => cell is { Aggregator.Name: RuleId.CertifiedVote, Attack.Name: AttackId.Certified }),
            cells
        );
    }

    [Fact]
    public void A_panel_for_each_threat_model_and_concentration_has_a_line_for_each_rule()
    {
        CertifiedCurvePoint Point(string rule, double alpha, string threat, int f) =>
            new(rule, alpha, threat, f, 0.6 - 0.05 * f, alpha == 0.5 ? 0.01 : null);
        var curve = new CertifiedCurve(
            [
                .. from rule in new[] { RuleId.CertifiedVote, RuleId.CoordinateWiseTrimmedMean }
                from alpha in new[] { 0.3, 0.5 }
                from threat in new[] { "fixed", "any" }
                from f in new[] { 2, 0, 1 }
                select Point(rule, alpha, threat, f),
            ],
            []
        );
        var figure = curve.ToFigure("Curve");
        Assert.Equal(
            [
                "a fixed set, α = 0.3",
                "a fixed set, α = 0.5",
                "any f, for each sample, α = 0.3",
                "any f, for each sample, α = 0.5",
            ],
            figure.Panels.Select(panel => panel.Title)
        );
        Assert.All(
            figure.Panels,
            panel =>
            {
                Assert.Equal(70, panel.Y.Max);
                var lines = panel.Series.Cast<LineSeries>().ToArray();
                Assert.Equal([RuleId.CertifiedVote, RuleId.CoordinateWiseTrimmedMean], lines.Select(line => line.Name));
                Assert.All(lines, line => Assert.Equal([0, 1, 2], line.X));
                Assert.Equal([false, true], lines.Select(line => line.IsDashed));
                Assert.All(lines, line => Assert.Equal(panel.Title!.EndsWith("0.5"), line.Low is not null));
                Assert.NotEqual(lines[0].Colour, lines[1].Colour);
            }
        );
    }
}
