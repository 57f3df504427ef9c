namespace Tests;

public class LongestFirstTests
{
    [Fact]
    public void Every_name_is_one_of_a_class_or_a_collection()
    {
        var assembly = typeof(LongestFirst).Assembly;
        Assert.All(
            LongestFirst.Names,
            name =>
            {
                var type = assembly.GetType(name) ?? assembly.GetType("Tests." + name);
                Assert.NotNull(type);
                // A class in another collection would not be found under its own name.
                Assert.Empty(type.GetCustomAttributes(typeof(CollectionAttribute), inherit: true));
            }
        );
        Assert.Equal(LongestFirst.Names.Count, LongestFirst.Names.Distinct().Count());
    }
}
