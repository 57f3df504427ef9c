using RobustInference.Inputs;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Tabular;

namespace Tests.RobustInference.Tabular;

public sealed class InputFormsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static InputEnsemble Read(string[] arguments)
    {
        int options = Array.FindIndex(arguments, argument => argument.StartsWith("--", StringComparison.Ordinal));
        string? Option(string name) => Array.IndexOf(arguments, name) is >= 0 and var at ? arguments[at + 1] : null;
        return TableReader.Inputs.Read(
            options < 0 ? arguments : arguments[..options],
            new InputOptions
            {
                Probits = Option("--probits"),
                Labels = Option("--labels"),
                Axes = Option("--axes"),
                Validation = Option("--validation"),
            }
        );
    }

    static void Same(ProbitSet expected, ProbitSet actual)
    {
        Assert.Equal(expected.Logits.shape, actual.Logits.shape);
        Assert.Equal(expected.Labels.Integers(), actual.Labels.Integers());
        Assert.True(expected.Logits.Floats().SequenceEqual(actual.Logits.Floats()), "other logits");
        Assert.True(expected.Probits.Floats().SequenceEqual(actual.Probits.Floats()), "other probabilities");
    }

    [Theory, MemberData(nameof(EnsembleForms.Names), MemberType = typeof(EnsembleForms))]
    public void Every_form_of_the_embedded_ensemble_gives_the_same_numbers(string form)
    {
        using var whole = ProbitArchive.Read(WorkbookFolder.Probits("cifar10", 0.5, 0));
        using var embedded = whole.Subset(500, 1000, 0);
        using var input = Read(new EnsembleForms(embedded, folder.Path).Write(form));
        Assert.False(input.IsDocumentedForm);
        Assert.NotEqual("", input.Understood);
        Assert.DoesNotContain('\n', input.Understood);
        Same(embedded.Test, input.Archive.Test);
        Same(embedded.Validation!, input.Archive.Validation!);
        Assert.Null(input.Names.Clients);
        Assert.Null(input.Names.Classes);
    }

    [Fact]
    public void Views_of_the_documented_form_are_read()
    {
        string path = folder.File("views.npz");
        using var whole = ProbitArchive.Read(WorkbookFolder.Probits("cifar10", 0.5, 0));
        using var small = whole.Subset(20, 600, 0);
        using (
            var seen = small with
            {
                Test = small.Test.Shared(),
                Validation = small.Validation!.WithViews([small.Validation.Mapped(rows => rows.flip(1))]),
            }
        )
            seen.Write(path);
        using var input = Read([path]);
        Assert.True(input.IsDocumentedForm);
        using var archive = ProbitArchive.Read(path);
        Same(archive.Validation!, input.Archive.Validation!);
        Same(archive.Validation!.Views[0], Assert.Single(input.Archive.Validation!.Views));
    }

    [Fact]
    public void The_documented_form_is_taken_as_it_is_and_nothing_is_said()
    {
        string path = WorkbookFolder.Probits("cifar10", 0.5, 0);
        using var whole = ProbitArchive.Read(path);
        using var input = Read([path]);
        Assert.True(input.IsDocumentedForm);
        Assert.Equal("", input.Understood);
        Same(whole.Test, input.Archive.Test);
        Same(whole.Validation!, input.Archive.Validation!);
    }

    [Fact]
    public void Names_of_clients_and_classes_are_those_of_the_columns_and_labels_may_be_names()
    {
        string path = folder.File("named.csv");
        File.WriteAllText(
            path,
            "label,north_cat,north_dog,south_cat,south_dog\ndog,0.25,0.75,0.5,0.5\ncat,1,0,0.75,0.25\n"
        );
        using var input = Read([path]);
        Assert.Equal(["north", "south"], input.Names.Clients!);
        Assert.Equal(["cat", "dog"], input.Names.Classes!);
        Assert.Equal([1, 0], input.Archive.Test.Labels.Integers());
        Assert.Equal([0.25f, 0.75f, 0.5f, 0.5f, 1, 0, 0.75f, 0.25f], input.Archive.Test.Probits.Floats().ToArray());
        // Written in the documented form, they stay.
        input.Archive.Write(folder.File("named.npz"));
        using var again = ProbitArchive.Read(folder.File("named.npz"));
        Assert.Equal(["north", "south"], again.Names.Clients!);
        Assert.Equal(["cat", "dog"], again.Names.Classes!);
    }

    [Theory]
    [InlineData("cat,dog", "dog", "cat")]
    [InlineData("p0,p1", "1", "0")]
    public void A_long_table_with_a_column_a_class_has_labels_that_are_names_or_numbers(
        string classes,
        string first,
        string second
    )
    {
        string path = folder.File("spread.csv");
        File.WriteAllText(
            path,
            $"sample,client,{classes},label\n"
                + $"7,north,0.25,0.75,{first}\n7,south,0.5,0.5,{first}\n"
                + $"9,south,0.75,0.25,{second}\n9,north,1,0,{second}\n"
        );
        using var input = Read([path]);
        Assert.Equal(["north", "south"], input.Names.Clients!);
        Assert.Equal([1, 0], input.Archive.Test.Labels.Integers());
        Assert.Equal([0.25f, 0.75f, 0.5f, 0.5f, 1, 0, 0.75f, 0.25f], input.Archive.Test.Probits.Floats().ToArray());
        Assert.Contains(string.Join(", ", classes.Split(',')), input.Understood);
    }

    [Fact]
    public void Votes_are_one_hot_rows_whether_wide_or_long_names_or_numbers_from_one()
    {
        float[] expected = [0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1];
        foreach (
            string table in new[]
            {
                "label,a,b\n2,2,1\n3,3,3\n1,1,1\n",
                "label,a,b\ny,y,x\nz,z,z\nx,x,x\n",
                "sample,client,vote,label\n0,a,2,2\n0,b,1,2\n1,a,3,3\n1,b,3,3\n2,a,1,1\n2,b,1,1\n",
                "sample,client,seconds,node,vote,label\n"
                    + "0,a,1,x,2,2\n0,b,3,y,1,2\n1,a,1,x,3,3\n1,b,1,y,3,3\n2,a,0.5,x,1,1\n2,b,2,,1,1\n",
            }
        )
        {
            string path = folder.File("votes.csv");
            File.WriteAllText(path, table);
            using var input = Read([path]);
            Assert.True(input.HasVotes);
            Assert.Equal([1, 2, 0], input.Archive.Test.Labels.Integers());
            Assert.Equal(expected, input.Archive.Test.Probits.Floats()[..12].ToArray());
        }
    }

    [Fact]
    public void A_split_has_every_class_in_its_share_and_is_the_same_for_the_same_seed()
    {
        long[] labels = [.. Enumerable.Range(0, 100).Select(s => s < 80 ? 0L : 1L)];
        var (first, second) = StratifiedSplit.Draw(labels, 0.25, 3);
        Assert.Equal((20, 5), (first.Count(s => labels[s] == 0), first.Count(s => labels[s] == 1)));
        Assert.Equal(Enumerable.Range(0, 100).Select(s => (long)s), first.Concat(second).Order());
        Assert.Equal(first, StratifiedSplit.Draw(labels, 0.25, 3).First);
        Assert.NotEqual(first, StratifiedSplit.Draw(labels, 0.25, 4).First);
    }
}
