using System.CommandLine;
using RobustInference.Files;
using RobustInference.Results;

namespace Workbook.Terminal;

/// <summary>Options that several verbs share, and option types that check their own range.</summary>
public static class Options
{
    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() =>
        new("--json") { Description = "One JSON document on standard output, nothing else there." };

    /// <summary><c>--data DIR</c>.</summary>
    public static Option<string> Data() =>
        new("--data")
        {
            Description = "Where the data sets lie (a folder, or the official archive).",
            HelpName = "DIR",
            DefaultValueFactory = _ => WorkbookFolder.DataCache,
        };

    /// <summary><c>--ensembles DIR…</c>.</summary>
    public static Option<string[]> Ensembles() =>
        new("--ensembles")
        {
            Description = "Further folders of ensembles, before the embedded and the fetched ones.",
            HelpName = "DIR",
        };

    /// <summary>A file to write, which must be possible before any work is done for it.</summary>
    /// <param name="form">What the help shows in the value's place, such as FILE.npz.</param>
    /// <param name="description">What the file is.</param>
    /// <param name="name">The option's name.</param>
    public static Option<string?> Output(string form, string description, string name = "--out")
    {
        var option = new Option<string?>(name) { Description = description, HelpName = form };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [.., var token] && AtomicFile.Obstacle(token.Value) is { } obstacle)
                result.AddError($"{name} '{token.Value}' cannot be written: {obstacle}.");
        });
        return option;
    }

    /// <summary>As <see cref="Output"/>, where the verb is of no use without it.</summary>
    public static Option<string> RequiredOutput(string form, string description)
    {
        var option = Output(form, description);
        option.Required = true;
        return option!;
    }

    /// <summary><c>--profile quick|full</c>.</summary>
    public static Option<string> Profile(string value)
    {
        var option = new Option<string>("--profile")
        {
            Description = "quick is seed 0 with every sample, full is every seed.",
            DefaultValueFactory = _ => value,
        };
        option.AcceptOnlyFromAmong("quick", "full");
        return option;
    }

    /// <summary>Whole numbers of 0 or more, joined by commas; ask <see cref="Given"/> for its value.</summary>
    public static Option<int[]?> Wholes(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "N,N…",
            CustomParser = result =>
            {
                string[] parts = result.Tokens[^1].Value.Split(',', StringSplitOptions.TrimEntries);
                var numbers = new int[parts.Length];
                for (int i = 0; i < parts.Length; i++)
                    if (
                        !int.TryParse(
                            parts[i],
                            System.Globalization.NumberStyles.None,
                            System.Globalization.CultureInfo.InvariantCulture,
                            out numbers[i]
                        )
                    )
                    {
                        result.AddError(
                            $"{name} is '{result.Tokens[^1].Value}'; it must be whole numbers joined by "
                                + "commas, such as 0,1."
                        );
                        return null;
                    }
                if (numbers.Distinct().Count() == numbers.Length)
                    return numbers;
                result.AddError($"{name} names a number twice: '{result.Tokens[^1].Value}'.");
                return null;
            },
        };

    /// <summary>Numbers above 0, joined by commas, such as 1e-3,2e-4; null where the option is not given.</summary>
    public static Option<double[]?> Numbers(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "N,N…",
            CustomParser = result =>
            {
                string text = result.Tokens[^1].Value;
                var numbers = new List<double>();
                foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
                    if (
                        double.TryParse(part, System.Globalization.CultureInfo.InvariantCulture, out double number)
                        && number > 0
                        && double.IsFinite(number)
                    )
                        numbers.Add(number);
                    else
                    {
                        result.AddError(
                            $"{name} is '{text}'; it must be numbers above 0 joined by commas, such as 1e-3,2e-4."
                        );
                        return null;
                    }
                return [.. numbers];
            },
        };

    /// <summary>The numbers of a <see cref="Numbers"/>; null where the option is not given.</summary>
    public static double[]? Given(this ParseResult parse, Option<double[]?> numbers) =>
        parse.GetValue(numbers) is { Length: > 0 } given ? given : null;

    /// <summary>The numbers of a <see cref="Wholes"/>; null where the option is not given, for which the parser has an
    /// empty array, default or no default.</summary>
    public static int[]? Given(this ParseResult parse, Option<int[]?> wholes) =>
        parse.GetValue(wholes) is { Length: > 0 } numbers ? numbers : null;

    /// <summary>A whole number of at least <paramref name="least"/>.</summary>
    public static Option<int> Whole(string name, int least, int value, string description) =>
        Bounded(name, value, description, x => x >= least, $"at least {least}");

    /// <summary>A whole number of at least <paramref name="least"/> that must be given: a default would make the option
    /// a wish.</summary>
    public static Option<int> RequiredWhole(string name, int least, string description)
    {
        var option = Whole(name, least, 0, description);
        (option.Required, option.DefaultValueFactory) = (true, null);
        return option;
    }

    /// <summary>A number above 0.</summary>
    public static Option<double> Positive(string name, double value, string description) =>
        Bounded(name, value, description, x => x > 0 && double.IsFinite(x), "above 0");

    /// <summary>A number above 0, null where the option is not given.</summary>
    public static Option<double?> OptionalPositive(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result =>
            {
                string text = result.Tokens[^1].Value;
                if (
                    double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out double number)
                    && number > 0
                    && double.IsFinite(number)
                )
                    return number;
                result.AddError($"{name} is '{text}'; it must be a number, above 0.");
                return null;
            },
        };

    /// <summary>A number of 0 or more.</summary>
    public static Option<double> NotNegative(string name, double value, string description) =>
        Bounded(name, value, description, x => x >= 0 && double.IsFinite(x), "0 or more");

    /// <summary>A whole number of at least <paramref name="least"/> where it is given; what stands for it otherwise
    /// depends on other options.</summary>
    public static Option<int?> WholeIfGiven(string name, int least, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result => Parsed<int>(result, name, x => x >= least, $"at least {least}"),
        };

    /// <summary>A number in a range where it is given; what stands for it otherwise depends on other options.</summary>
    public static Option<double?> NumberIfGiven(
        string name,
        Func<double, bool> allowed,
        string range,
        string description
    ) =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result => Parsed<double>(result, name, x => double.IsFinite(x) && allowed(x), range),
        };

    static Option<T> Bounded<T>(string name, T value, string description, Func<T, bool> allowed, string range)
        where T : ISpanParsable<T> =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => value,
            CustomParser = result => Parsed(result, name, allowed, range),
        };

    static T Parsed<T>(
        System.CommandLine.Parsing.ArgumentResult result,
        string name,
        Func<T, bool> allowed,
        string range
    )
        where T : ISpanParsable<T>
    {
        string text = result.Tokens[^1].Value;
        if (T.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) && allowed(number))
            return number;
        result.AddError(
            $"{name} is '{text}'; it must be {(typeof(T) == typeof(int) ? "a whole number, " : "a number, ")}{range}."
        );
        return default!;
    }
}
