using RobustInference.Catalogue;
using RobustInference.Results;
using RobustInference.Running;

namespace Tests.RobustInference.Paper;

/// <summary>The results that come with the repository: whether they are sound, and still what the code would
/// find.</summary>
public class RecordedResultsTests
{
    static IReadOnlyList<CellResult> Recorded(List<string>? remarks = null)
    {
        Assert.SkipUnless(Directory.Exists(WorkbookFolder.RecordedResults), "no results are recorded");
        return
        [
            .. new ResultStore(WorkbookFolder.RecordedResults, remark: line => remarks?.Add(line))
                .All()
                .Select(file => file.Result),
        ];
    }

    [Fact]
    public void Every_file_is_a_sound_result()
    {
        var remarks = new List<string>();
        Assert.NotEmpty(Recorded(remarks));
        Assert.Empty(remarks);
    }

    /// <summary>Keys of November 2026: a refactoring that changes one orphans a recorded cell.</summary>
    [Fact]
    public void Every_cell_is_found_under_the_key_that_it_was_recorded_under()
    {
        string[] keys =
        [
            .. Recorded()
                .Select(result => ResultConfiguration.Of(result.Cell, result.Configuration.Input).Hash())
                .Order(StringComparer.Ordinal),
        ];
        string[] known = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, Fixture("recorded-keys.txt")));
        Assert.Empty(known.Except(keys));
    }

    [Fact]
    public void What_the_suite_leaves_of_a_vote_is_nearly_what_is_certified_and_never_less()
    {
        var pairs = Recorded()
            .Where(result =>
                result.Cell
                    is {
                        Aggregator.Name: RuleId.CertifiedVote,
                        Attack.Name: AttackId.StrongSuite or AttackId.Certified
                    }
            )
            .GroupBy(result =>
                (result.Configuration.Input, result.Cell.Corrupted, result.Cell.Draw, result.Cell.Attack.Settings)
            )
            .Where(group => group.Count() == 2)
            .ToArray();
        Assert.NotEmpty(pairs);
        foreach (var pair in pairs)
        {
            bool[] certified = pair.Single(result => result.Cell.Attack.Name == AttackId.Certified).Right(),
                left = pair.Single(result => result.Cell.Attack.Name == AttackId.StrongSuite).Right();
            Assert.DoesNotContain(certified.Zip(left), sample => sample.First && !sample.Second);
            int open = left.Count(right => right) - certified.Count(sure => sure);
            Assert.True(open <= 0.005 * left.Length, $"{pair.Key}: {open} samples are neither certified nor broken");
        }
    }

    static string Fixture(string name) => Path.Combine("RobustInference.Experiments", "Paper", "fixtures", name);

    [Theory, InlineData("cifar10", null), InlineData("agnews", null), InlineData("agnews", "bag")]
    public void Results_of_static_rules_are_what_this_code_finds(string dataset, string? model)
    {
        // Those that take a moment, on one embedded ensemble: whoever changes an attack or a rule has to raise the
        // results version.
        string[] rules = ["Mean", "CWMed", "CWTM"],
            attacks = ["Clean", "Logit flipping", "SIA", "CPA", "Impersonation"];
        var recorded = Recorded()
            .Where(result =>
                result.Cell.Ensemble == new EnsembleId(dataset, 0.5, 17, 1, Model: model)
                && rules.Contains(result.Cell.Aggregator.Name)
                && attacks.Contains(result.Cell.Attack.Name)
                && result.Cell.Corrupted == 4
                && result.Cell.Draw == 1
            )
            .ToArray();
        Assert.Equal(rules.Length * attacks.Length, recorded.Length);
        using var folder = new TemporaryFolder();
        var found = new CellRunner(
            new ResultStore(folder.Path),
            EnsembleSource.OfWorkbook(),
            folder.File("rules")
        ).Run([.. recorded.Select(result => result.Cell)]);
        foreach (var (old, now) in recorded.Zip(found))
        {
            Assert.Equal(old.Configuration, now.Configuration);
            // Another processor may add up in another order, and decide a near tie otherwise.
            int different = old.Right().Zip(now.Right()).Count(pair => pair.First != pair.Second);
            Assert.True(
                different <= 10,
                $"{old.Cell.Aggregator.Name} under {old.Cell.Attack.Name}: {different} of {old.Samples} samples differ"
            );
        }
    }
}
