namespace Tests;

public class LongestFirstTests
{
    [Fact]
    public void Every_name_is_one_of_a_class_or_a_collection()
    {
        var assembly = typeof(LongestFirst).Assembly;
        Assert.All(
            LongestFirst.Names,
            name => Assert.NotNull(assembly.GetType(name) ?? assembly.GetType("Tests." + name))
        );
        Assert.Equal(LongestFirst.Names.Count, LongestFirst.Names.Distinct().Count());
    }
}
