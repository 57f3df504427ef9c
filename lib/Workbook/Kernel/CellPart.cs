namespace Workbook.Kernel;

/// <summary>A stretch of a cell in one language.</summary>
/// <param name="Language"><c>csharp</c>, <c>html</c> or <c>markdown</c>.</param>
/// <param name="Text">The stretch; C# parts keep the cell's line numbers, since the lines before them are
/// blank.</param>
/// <param name="Timed">Whether <c>#!time</c> stood before it.</param>
public sealed record CellPart(string Language, string Text, bool Timed)
{
    /// <summary>Splits a cell at its magic commands (<c>#!csharp</c>, <c>#!html</c>, <c>#!markdown</c>,
    /// <c>#!time</c>).</summary>
    /// <exception cref="ArgumentException">A magic command that is not known here.</exception>
    public static IReadOnlyList<CellPart> Split(string cell)
    {
        var parts = new List<CellPart>();
        var lines = new List<string>();
        string language = "csharp";
        bool timed = false;
        int number = 0;
        foreach (string line in cell.ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            if (!line.StartsWith("#!", StringComparison.Ordinal))
            {
                lines.Add(line);
                continue;
            }
            string command = line[2..].Trim();
            if (command == "time")
                timed = true;
            else
            {
                Close();
                language = command switch
                {
                    "csharp" or "c#" or "C#" => "csharp",
                    "html" => "html",
                    "markdown" => "markdown",
                    _ => throw new ArgumentException(
                        $"line {number}: unknown magic command '#!{command}' (known: #!csharp, #!html, "
                            + "#!markdown, #!time)"
                    ),
                };
            }
            lines.Add("");
        }
        Close();
        return parts;

        void Close()
        {
            string text = string.Join('\n', lines);
            if (!string.IsNullOrWhiteSpace(text))
            {
                parts.Add(new CellPart(language, language == "csharp" ? text : text.Trim('\n'), timed));
                timed = false;
            }
            for (int i = 0; i < lines.Count; i++)
                lines[i] = "";
        }
    }
}
