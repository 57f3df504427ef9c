using System.Reflection;
using RobustInference.Catalogue;
using RobustInference.Results;
using RobustInference.Training;

namespace Tests.RobustInference.Results;

public class ResultConfigurationTests
{
    static readonly EnsembleId Ensemble = new("cifar10", 0.5, 17, 0, new ClientRecipe("cifar10", 0.5, 17, 0));

    /// <summary>A configuration for every rule and every attack, so that every kind of settings is met.</summary>
    static IEnumerable<ResultConfiguration> Every =>
        from rule in RuleCatalog.All
        from attack in AttackCatalog.All
        select new ResultConfiguration(
            new ExperimentCell(
                Ensemble,
                4,
                1,
                new AggregatorSetting(
                    rule.Id,
                    rule.Id == RuleId.TrainedFile ? new TrainedFileSettings("ab", "DeepSet-TM") : null
                ).For(Ensemble, 4),
                new AttackSetting(attack.Id).Fixed()
            ),
            new string('a', 64)
        );

    [Fact]
    public void Changing_any_field_of_any_record_in_a_cell_changes_the_hash()
    {
        var fields = new HashSet<string>();
        foreach (var configuration in Every)
        {
            var hashes = new HashSet<string> { configuration.Hash() };
            foreach (var (field, changed) in Variations(configuration, ""))
            {
                fields.Add(field);
                Assert.True(hashes.Add(((ResultConfiguration)changed).Hash()), $"{field} is not in the hash");
            }
        }
        // What the walk must have seen, or it proves nothing.
        Assert.Subset(
            fields,
            new HashSet<string>([
                "/Input",
                "/ResultsVersion",
                "/Cell/Draw",
                "/Cell/Corrupted",
                "/Cell/Ensemble/Alpha",
                "/Cell/Ensemble/Recipe/Width",
                "/Cell/Aggregator/Name",
                "/Cell/Aggregator/Settings/Passes",
                "/Cell/Attack/Settings/Amplification",
                "/Cell/Attack/Settings/Gradient",
            ])
        );
    }

    [Fact]
    public void An_ensemble_in_a_file_and_one_that_is_trained_differ()
    {
        var trained = Every.First();
        Assert.NotEqual(
            trained.Hash(),
            (trained with { Cell = trained.Cell with { Ensemble = Ensemble with { Recipe = null } } }).Hash()
        );
    }

    [Fact]
    public void Equal_configurations_have_equal_hashes_and_the_hash_is_the_one_that_recorded_results_carry()
    {
        var cell = new ExperimentCell(
            Ensemble with
            {
                Recipe = null,
            },
            4,
            0,
            new AggregatorSetting("DeepSet-TM", RuleCatalog.FirstDeepSet(Ensemble.Dataset)).For(Ensemble, 4),
            new AttackSetting("PGD-cw").Fixed()
        );
        string hash = new ResultConfiguration(cell, new string('0', 64)).Hash();
        Assert.Equal(hash, new ResultConfiguration(cell with { Draw = 0 }, new string('0', 64)).Hash());
        // Worked out once by hashlib over the text that a file holds. Recorded results are found by it: if it changes,
        // all of them are orphaned.
        Assert.Equal("5aebeca229f45fee85c3fe5f39317307c2c83cbfbdaebc6807b985cfeca93647", hash);
    }

    /// <summary>Every copy of <paramref name="value"/> that differs in one field, with the field's path.</summary>
    static IEnumerable<(string Field, object Changed)> Variations(object value, string path)
    {
        foreach (
            var property in value
                .GetType()
                .GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => property.CanWrite)
        )
        {
            string field = $"{path}/{property.Name}";
            object? own = property.GetValue(value);
            if (Other(own, property.PropertyType) is { } other)
                yield return (field, With(value, property, other));
            else if (own is not null)
                foreach (var (inner, changed) in Variations(own, field))
                    yield return (inner, With(value, property, changed));
        }
    }

    static object? Other(object? value, Type type) =>
        value switch
        {
            // A rule or attack is known by its name: another one with the same settings.
            "DeepSet" => "DeepSet-TM",
            string text => text + "x",
            int number => number + 1,
            long number => number + 1,
            double number => number + 1,
            bool flag => !flag,
            Enum => Enum.GetValues(value.GetType()).Cast<object>().First(other => !other.Equals(value)),
            null when type == typeof(string) => "x",
            null when Nullable.GetUnderlyingType(type) == typeof(int) => 1,
            _ => null,
        };

    static object With(object value, PropertyInfo property, object changed)
    {
        object copy = value.GetType().GetMethod("<Clone>$")!.Invoke(value, null)!;
        property.SetValue(copy, changed);
        return copy;
    }
}
