using System.Text.Json;

namespace RobustInference.Files;

/// <summary>What is wrong with a JSON text, in one line. The library's own message quotes the rest of the file where a
/// word in it is misspelt, and counts lines from 0.</summary>
public static class JsonFault
{
    const int Longest = 120;

    /// <summary>Line and reason, such as <c>line 3: '}' is invalid after a value</c>.</summary>
    public static string Reason(JsonException error)
    {
        string message = error.Message;
        foreach (string end in new[] { " Path: ", " LineNumber: " })
            if (message.LastIndexOf(end, StringComparison.Ordinal) is >= 0 and var at)
                message = message[..at];
        message = message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        if (message.Length > Longest)
            message = $"{message[..(Longest / 2)]}…{message[^(Longest / 2)..]}";
        string where = error.LineNumber is { } line ? $"line {line + 1}: " : "";
        return error.Path is { Length: > 1 } path && path.Length < Longest
            ? $"{where}{message}, at {path.TrimStart('$', '.')}"
            : where + message;
    }
}
