using System.CommandLine;
using Workbook.Terminal;

namespace Tests.Workbook.Terminal;

public class OptionsTests
{
    static readonly Option<int[]?> Seeds = Options.Wholes("--seeds", "Seeds.");
    static readonly Option<int> Corrupted = Options.RequiredWhole("--corrupted", 0, "f.");
    static readonly RootCommand Root = new() { Seeds, Corrupted };

    [Fact]
    public void Numbers_that_are_not_given_are_null_and_not_an_empty_list() =>
        Assert.Null(Root.Parse("--corrupted 1").Given(Seeds));

    [Fact]
    public void Numbers_that_are_given_come_in_their_order() =>
        Assert.Equal([3, 0, 7], Root.Parse("--corrupted 1 --seeds 3,0,7").Given(Seeds)!);

    [Fact]
    public void A_required_number_has_no_default()
    {
        Assert.NotEmpty(Root.Parse("--seeds 1").Errors);
        Assert.Equal(0, Root.Parse("--corrupted 0").GetRequiredValue(Corrupted));
    }
}
