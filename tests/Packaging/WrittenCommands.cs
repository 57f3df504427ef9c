using System.Text.RegularExpressions;
using RobustInference.Results;
using Tests.Workbook;

namespace Tests.Packaging;

/// <summary>Command lines that stand in files of containers, workflows and editors: what they start must be
/// there.</summary>
static partial class WrittenCommands
{
    /// <summary>Checks every part of <paramref name="line"/> that starts a program of the repository: it must be there,
    /// with that verb and those options.</summary>
    /// <returns>How many there are.</returns>
    public static int Check(string line)
    {
        string[][] commands =
        [
            .. Separators()
                .Split(line)
                .Select(command => command.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words is [var first, ..] && first.StartsWith("./", StringComparison.Ordinal)),
        ];
        foreach (string[] words in commands)
        {
            string program = Path.Combine(WorkbookFolder.Root, words[0][2..]);
            Assert.True(File.Exists(program), $"'{line}': there is no {words[0]}");
            if (!OperatingSystem.IsWindows())
                Assert.True(
                    File.GetUnixFileMode(program).HasFlag(UnixFileMode.UserExecute),
                    $"'{line}': {words[0]} is not executable"
                );
            if (words[0] != "./workbook")
                continue;
            string[] verb = [.. words[1..].TakeWhile(word => !word.StartsWith('-') && !word.Contains('/'))];
            var help = WorkbookProcess.Run([.. verb, "--help"]);
            Assert.True(help.ExitCode == 0, $"'{line}': {help.Error}");
            foreach (string option in words[1..].Where(word => word.StartsWith('-')))
                Assert.Contains(option.Split('=')[0], help.Output);
        }
        return commands.Length;
    }

    [GeneratedRegex(@"&&|\|\||;|\n")]
    private static partial Regex Separators();
}
