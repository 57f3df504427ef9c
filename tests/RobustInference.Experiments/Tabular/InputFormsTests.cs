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
}
