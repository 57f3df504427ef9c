using RobustInference.Catalogue;
using RobustInference.Results;
using RobustInference.Running;

namespace Tests.RobustInference.Running;

public class ResultVerificationTests
{
    static readonly EnsembleSource Ensembles = EnsembleSource.OfWorkbook();

    static CellResult[] Recorded()
    {
        Assert.SkipUnless(Directory.Exists(WorkbookFolder.RecordedResults), "no results are recorded");
        return [.. new ResultStore(WorkbookFolder.RecordedResults).All().Select(file => file.Result)];
    }

    static IEnumerable<CellResult> Cheap() =>
        Recorded()
            .Where(result =>
                RuleCatalog.IsStatic(result.Cell.Aggregator.Name)
                && result.Cell.Aggregator.Name != RuleId.GeometricMedian
                && result.Cell.Attack.Name is AttackId.Clean or "Logit flipping"
            );

    [Fact]
    public void Two_recorded_cells_come_out_again()
    {
        var drawn = ResultVerification.Draw(Cheap(), Ensembles, 2, seed: 1);
        var verified = ResultVerification.Run(drawn, Ensembles);
        Assert.Equal(2, verified.Count);
        Assert.All(verified, cell => Assert.True(cell.Holds, $"{cell.Different} of {cell.Recorded.Samples} differ"));
    }

    [Fact]
    public void A_cell_that_was_recorded_wrongly_does_not_hold()
    {
        var honest = ResultVerification.Draw(Cheap(), Ensembles, 1, seed: 2)[0];
        bool[] right = honest.Right();
        for (int s = 0; s < right.Length / 100; s++)
            right[s] = !right[s];
        var wrong = CellResult.Of(honest.Configuration, honest.InputName, right, 0, 0);
        var verified = ResultVerification.Run([wrong], Ensembles)[0];
        Assert.False(verified.Holds);
        Assert.InRange(
            verified.Different,
            right.Length / 100 - verified.Tolerance,
            right.Length / 100 + verified.Tolerance
        );
        Assert.Contains("0 of 1 cells hold", ResultVerification.ToTable([verified]).ToText());
    }

    [Fact]
    public void The_draw_follows_the_seed_names_no_cell_twice_and_only_ensembles_that_are_here()
    {
        var recorded = Recorded();
        var drawn = ResultVerification.Draw(recorded, Ensembles, 50, seed: 3);
        Assert.Equal(50, drawn.Distinct().Count());
        Assert.Equal(drawn, ResultVerification.Draw(recorded, Ensembles, 50, seed: 3));
        Assert.NotEqual(drawn, ResultVerification.Draw(recorded, Ensembles, 50, seed: 4));
        Assert.All(drawn, result => Assert.True(Ensembles.IsAtHand(result.Cell.Ensemble)));
    }

    [Fact]
    public void A_trained_rule_may_differ_in_more_samples_than_a_static_one()
    {
        var recorded = Recorded();
        CellResult Of(string rule) => recorded.First(result => result.Cell.Aggregator.Name == rule);
        Assert.Equal(10, ResultVerification.ToleranceOf(Of("CWTM") with { Samples = 10_000 }));
        Assert.Equal(300, ResultVerification.ToleranceOf(Of("DeepSet-TM") with { Samples = 10_000 }));
    }
}
