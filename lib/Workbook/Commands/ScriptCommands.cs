using System.CommandLine;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary>What the script <c>workbook</c> does itself, here for the help alone.</summary>
public static class ScriptCommands
{
    public static Command CreateSetup()
    {
        var command = new Command(
            "setup",
            "Build; with --tests also what the tests need from Debian. The other verbs build by themselves."
        )
        {
            new Option<bool>("--tests") { Description = "Also install what only the tests need." },
            new Option<string>("-p:TorchBackend")
            {
                Description = "cpu (default), cuda, or none where libtorch comes from --libtorch.",
                HelpName = "cpu|cuda|none",
            },
            new Option<string>("--libtorch")
            {
                Description =
                    "A folder with libtorch's libraries, such as torch/lib of an installed PyTorch of the "
                    + "version that TorchSharp was built for; used from then on (or name it in WORKBOOK_LIBTORCH).",
                HelpName = "DIR",
            },
        };
        // The script builds; what is left for the program is to see whether the libtorch that was named fits, which
        // the command line has done by now.
        command.SetAction(new Action<ParseResult>(_ => { }));
        return command.WithExample(
            "./workbook setup",
            "./workbook setup -p:TorchBackend=cuda",
            "./workbook setup -p:TorchBackend=none --libtorch /opt/libtorch"
        );
    }

    public static Command CreateTest()
    {
        var command = new Command(
            "test",
            "Run all tests, or those whose name contains FILTER. Last line: N passed, N failed, N skipped."
        )
        {
            new Option<bool>("--long")
            {
                Description = "Many more changed files, kills and writers at once; prints how many were tried.",
            },
            new Argument<string?>("FILTER")
            {
                Arity = ArgumentArity.ZeroOrOne,
                Description = "Part of a test's full name.",
            },
        };
        return Elsewhere(
            command.WithExample("./workbook test", "./workbook test Npz", "./workbook test --long Faults")
        );
    }

    static Command Elsewhere(Command command)
    {
        command.SetAction(
            new Action<ParseResult>(_ =>
                throw new InvalidOperationException(
                    $"'{command.Name}' is done by the script ./workbook, not by this program"
                )
            )
        );
        return command;
    }
}
