using RobustInference.Files;
using Workbook.Terminal;

namespace Tests.Workbook.Terminal;

[Collection(nameof(Alone))]
public class ErrorReporterTests
{
    static string Said(Action action)
    {
        var error = Assert.ThrowsAny<Exception>(action);
        var (before, said) = (Console.Error, new StringWriter());
        Console.SetError(said);
        try
        {
            Assert.Equal(ExitCode.BadInput, ErrorReporter.Report(error));
        }
        finally
        {
            Console.SetError(before);
        }
        return said.ToString();
    }

    [Fact]
    public void A_path_that_is_missing_stands_first_and_is_short()
    {
        Assert.Equal(
            "workbook: none.npz: there is no such file or folder; check the path\n",
            Said(() => File.ReadAllText("none.npz"))
        );
        Assert.Equal(
            "workbook: none/rule.safetensors: there is no such file or folder; check the path\n",
            Said(() => File.ReadAllText("none/rule.safetensors"))
        );
        string outside = Path.Combine(Path.GetTempPath(), "none", "it's.npz");
        Assert.Equal(
            $"workbook: {outside}: there is no such file or folder; check the path\n",
            Said(() => File.ReadAllText(outside))
        );
    }

    [Fact]
    public void Of_a_file_that_could_not_be_begun_its_own_name_is_said()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "nothing can be made under Linux's /proc");
        // Linux says that there is no such file, a sandbox may say that access is denied.
        string said = Said(() => AtomicFile.WriteText("/proc/none/page.html", ""));
        Assert.StartsWith("workbook: '/proc/none/page.html' cannot be written: ", said);
        Assert.DoesNotContain(".tmp", said);
    }

    [Fact]
    public void Where_nothing_may_be_read_it_says_so() =>
        Assert.Equal(
            "workbook: secret: access is denied; check whose it is and what is allowed there\n",
            Said(() =>
                throw new UnauthorizedAccessException(
                    $"Access to the path '{Path.Combine(Environment.CurrentDirectory, "secret")}' is denied."
                )
            )
        );

    [Fact]
    public void What_we_say_ourselves_stays() =>
        Assert.Equal("workbook: a.npz: is cut off\n", Said(() => throw new IOException("a.npz: is cut off")));
}
