using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace Workbook.Terminal;

/// <summary>Examples under the help of a command. Kept out of its description, which the list of its parent shows as
/// well.</summary>
public static class Examples
{
    static readonly ConditionalWeakTable<Command, string[]> Known = [];

    /// <summary>Shows <paramref name="examples"/> (whole command lines) under the help of
    /// <paramref name="command"/>.</summary>
    public static Command WithExample(this Command command, params string[] examples)
    {
        Known.AddOrUpdate(command, examples);
        return command;
    }

    /// <summary>The examples of <paramref name="command"/>, or those of its subcommands.</summary>
    public static IEnumerable<string> Of(Command command) =>
        Known.TryGetValue(command, out var own) ? own : command.Subcommands.SelectMany(Of);

    /// <summary>What a user types to reach <paramref name="command"/>.</summary>
    public static string NameOf(Command command) =>
        command is RootCommand ? "./workbook" : $"{NameOf(command.Parents.OfType<Command>().First())} {command.Name}";

    internal static void ShowUnderHelp(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new WithExamples((HelpAction)help.Action!);
    }

    sealed class WithExamples(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parse)
        {
            int result = help.Invoke(parse);
            var command = parse.CommandResult.Command;
            string[] examples = command is RootCommand ? [] : [.. Of(command)];
            if (examples.Length == 0)
                return result;
            var output = parse.InvocationConfiguration.Output;
            output.WriteLine(examples.Length == 1 ? "Example:" : "Examples:");
            foreach (string example in examples)
                output.WriteLine("  " + example);
            output.WriteLine();
            return result;
        }
    }
}
