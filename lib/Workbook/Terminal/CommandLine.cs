using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using RobustInference.Files;

namespace Workbook.Terminal;

/// <summary>Parses a command line, runs its verb and turns whatever goes wrong into one line on standard error and an
/// exit code.</summary>
public static class CommandLine
{
    // Ctrl-C lets the running batch, epoch file or result come to its end; without this the process would be killed
    // after two seconds.
    static readonly TimeSpan GraceAfterCancel = TimeSpan.FromMinutes(2);

    static readonly TimeSpan LastToBeTold = TimeSpan.FromMilliseconds(100);

    static readonly string[] WithoutTorch = ["setup", "test", "publish", "data", "kernel"];

    /// <summary>Runs the verb that <paramref name="args"/> name.</summary>
    /// <returns>0, what the verb returned, or one of <see cref="ExitCode"/>.</returns>
    public static async Task<int> Run(string[] args, IEnumerable<Command> verbs)
    {
        var root = Root(verbs);
        var parse = root.Parse(
            args switch
            {
                [] => ["--help"],
                ["help", .. var verb] => [.. verb, "--help"],
                _ => args,
            }
        );
        // The library's own error action prints the whole help on standard output and returns 1.
        string? misspelt = Misspelt.Describe(parse);
        if (misspelt is not null || parse.Action is ParseErrorAction)
            return ErrorReporter.Report(
                $"{misspelt ?? string.Join(" ", parse.Errors.Select(error => error.Message))} (see "
                    + $"{Examples.NameOf(parse.CommandResult.Command)} --help)",
                ExitCode.BadInput
            );
        bool terminated = false;
        // The library cancels at this signal as it does at Ctrl-C, and does not say which of them came.
        using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => terminated = true);
        try
        {
            TorchLibraries.LoadNamed();
            if (NeedsTorch(parse) && !TorchLibraries.IsAtHand())
                throw new InvalidOperationException(
                    "libtorch is not here, and this verb needs it: name the folder that holds libtorch_cpu in "
                        + $"{TorchLibraries.Variable}, such as torch/lib of an installed PyTorch"
                );
            PluginOption.Load(parse);
            DeviceOption.Load(parse);
            int exitCode = await parse.InvokeAsync(
                new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = GraceAfterCancel }
            );
            DeviceOption.Tell();
            return exitCode;
        }
        catch (Exception exception)
        {
            int exitCode = ErrorReporter.Report(exception);
            // The library is told of the signal first, and what it cancels may be here before this is.
            return exitCode == ExitCode.Cancelled && SpinWait.SpinUntil(() => terminated, LastToBeTold)
                ? ExitCode.Terminated
                : exitCode;
        }
    }

    // TorchSharp itself would print pages. Help is no verb.
    static bool NeedsTorch(ParseResult parse)
    {
        if (parse.Action != parse.CommandResult.Command.Action)
            return false;
        var verb = parse.CommandResult;
        while (verb.Parent is CommandResult { Parent: not null } above)
            verb = above;
        return !WithoutTorch.Contains(verb.Command.Name);
    }

    /// <summary>The root command with its verbs, as <see cref="Run"/> uses it.</summary>
    public static RootCommand Root(IEnumerable<Command> verbs)
    {
        var root = new RootCommand(
            "How far can an ensemble be trusted when some of its members may be corrupted? "
                + "Trains clients and aggregators, attacks them, prints the tables."
        );
        root.Add(PluginOption.Instance);
        root.Add(DeviceOption.Instance);
        foreach (var verb in verbs)
            root.Add(verb);
        Examples.ShowUnderHelp(root);
        return root;
    }
}
