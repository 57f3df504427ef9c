using System.CommandLine;
using System.CommandLine.Parsing;

namespace Workbook.Terminal;

/// <summary>Verbs and options that do not exist, with the name that was probably meant.</summary>
public static class Misspelt
{
    const string OptionMark = "--";

    /// <summary>What to say of the first verb or option that does not exist; null where all exist.</summary>
    public static string? Describe(ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        string place = Examples.NameOf(command);
        string[] options =
        [
            .. WithParents(command)
                .SelectMany(level => level.Options.Where(option => level == command || option.Recursive))
                .SelectMany(option => option.Aliases.Prepend(option.Name)),
        ];
        // What follows an option's name is its value, and an unknown option is taken for an argument.
        foreach (var token in parse.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash))
        {
            string name = token.Value.Split('=', 2)[0];
            if (
                token.Type == TokenType.Argument
                && name.StartsWith(OptionMark, StringComparison.Ordinal)
                && !options.Contains(name)
            )
                return $"{place} has no option '{name}'{Suggestion(name, options)}";
        }
        if (command.Subcommands.Count > 0 && parse.UnmatchedTokens is [var verb, ..])
            return $"{place} has no verb '{verb}'"
                + Suggestion(verb, command.Subcommands.Select(subcommand => subcommand.Name));
        return null;
    }

    /// <summary>The name with the fewest changed, left out, added and swapped characters, if they are few.</summary>
    public static string? Nearest(string name, IEnumerable<string> names) =>
        names
            .Select(known => (known, distance: Distance(name, known)))
            .Where(near => near.distance <= Math.Max(1, name.Length / 3))
            .OrderBy(near => near.distance)
            .Select(near => near.known)
            .FirstOrDefault();

    static string Suggestion(string name, IEnumerable<string> names) =>
        Nearest(name, names) is { } near ? $"; did you mean '{near}'?" : "";

    static IEnumerable<Command> WithParents(Command command) =>
        command.Parents.OfType<Command>().SelectMany(WithParents).Prepend(command);

    // Optimal string alignment (Damerau, 1964, without edits of what was swapped).
    static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        for (int j = 0; j <= b.Length; j++)
        {
            if (i == 0 || j == 0)
            {
                d[i, j] = i + j;
                continue;
            }
            int changed = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            d[i, j] = Math.Min(changed, Math.Min(d[i - 1, j], d[i, j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
        }
        return d[a.Length, b.Length];
    }
}
