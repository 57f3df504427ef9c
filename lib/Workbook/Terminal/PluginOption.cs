using System.CommandLine;
using Workbook.Plugins;

namespace Workbook.Terminal;

/// <summary><c>--plugin FILE</c>: a user's own aggregators and attacks, for every command.</summary>
public static class PluginOption
{
    /// <summary>The option; it may be given several times.</summary>
    public static Option<string[]> Instance { get; } =
        new("--plugin")
        {
            Description = "Your own aggregators and attacks: a .dll, or a .cs file that is compiled. Runs its code.",
            HelpName = "FILE",
            Recursive = true,
            AllowMultipleArgumentsPerToken = false,
        };

    /// <summary>Loads what was given, before the command runs.</summary>
    /// <exception cref="InvalidDataException">A file holds nothing of the kind, or does not compile.</exception>
    public static void Load(ParseResult parse)
    {
        foreach (string path in parse.GetValue(Instance) ?? [])
            Plugin.Load(path);
    }
}
