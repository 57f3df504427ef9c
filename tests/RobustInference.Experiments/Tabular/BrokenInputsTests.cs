using RobustInference.Inputs;
using RobustInference.Tabular;
using Tests.RobustInference.Probits;

namespace Tests.RobustInference.Tabular;

public sealed class BrokenInputsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>What a user reads, as <c>--strict</c> has it.</summary>
    static string Refusal(string[] paths, InputOptions? options)
    {
        try
        {
            using var input = TableReader.Inputs.Read(paths, options ?? InputOptions.None);
            var finding = Assert.Single(Doctor.Examine(input));
            return $"{input.Path}: {finding}";
        }
        catch (Exception e) when (e is InvalidDataException or IOException or ArgumentException)
        {
            return e.Message;
        }
    }

    static void IsOneLineWithPlaceReasonAndCure(string line, string[] says)
    {
        Assert.DoesNotContain('\n', line);
        Assert.All(says, part => Assert.Contains(part, line));
        Assert.InRange(line.Length, 20, 600);
        // The cure comes last.
        Assert.Matches(@"(; \S+ .+|\(see .*\))$", line);
    }

    [Theory, MemberData(nameof(BrokenInputs.Names), MemberType = typeof(BrokenInputs))]
    public void A_wrong_input_is_one_line_with_place_reason_and_cure(string name)
    {
        var broken = BrokenInputs.Named(name);
        string[] paths = broken.Write(folder.Path);
        string line = Refusal(paths, broken.Options);
        IsOneLineWithPlaceReasonAndCure(line, broken.Says);
        if (broken.Options?.Axes is null)
            Assert.StartsWith(paths[0], line);
    }

    public static TheoryData<string> OfTheDocumentedForm =>
        [.. BrokenProbitFiles.All.Select(file => file.Name).Where(name => name != "float labels")];

    [Theory, MemberData(nameof(OfTheDocumentedForm))]
    public void So_is_every_way_to_break_the_documented_form(string name)
    {
        var broken = BrokenProbitFiles.Named(name);
        string path = broken.Write(folder.Path);
        string line = Refusal([path], null);
        Assert.StartsWith(path, line);
        IsOneLineWithPlaceReasonAndCure(line, name == "text labels" ? ["test_labels"] : broken.Says);
    }

    [Fact]
    public void There_are_more_than_forty_of_them() =>
        Assert.InRange(BrokenInputs.All.Count + BrokenProbitFiles.All.Count, 41, 1000);
}
