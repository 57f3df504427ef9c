using System.Text;

namespace Workbook.Kernel.Engine;

/// <summary>A cell's text as the engine takes it.</summary>
/// <remarks>The engine cuts a cell at its magic commands and counts lines anew behind each. A <c>#line</c> behind every
/// such line lets compiler and stack traces name the lines of the cell as it was written.</remarks>
sealed class CellText
{
    readonly int[] lines;

    CellText(string text, string csharp, int[] lines) => (Text, CSharp, this.lines) = (text, csharp, lines);

    /// <summary>What the engine is given.</summary>
    public string Text { get; }

    /// <summary>The C# of the cell alone; all other lines are blank, and every line keeps its number.</summary>
    public string CSharp { get; }

    /// <summary>The line of the cell, from 1, that stands in line <paramref name="line"/> of <see cref="Text"/>, from
    /// 0.</summary>
    public int Line(int line) => lines[Math.Clamp(line, 0, lines.Length - 1)];

    /// <param name="cell">As it was written.</param>
    /// <param name="name">By which the compiler knows the cell.</param>
    /// <param name="languages">The names behind <c>#!</c> that say in which language the lines below are; true for
    /// C#.</param>
    public static CellText Of(string cell, string name, IReadOnlyDictionary<string, bool> languages)
    {
        var text = new StringBuilder(cell.Length);
        var csharp = new StringBuilder(cell.Length);
        var lines = new List<int>();
        bool inCSharp = true;
        string[] written = cell.ReplaceLineEndings("\n").Split('\n');
        for (int i = 0; i < written.Length; i++)
        {
            string line = written[i];
            bool magic = line.StartsWith("#!", StringComparison.Ordinal);
            if (magic && languages.TryGetValue(Word(line), out bool isCSharp))
                inCSharp = isCSharp;
            bool reference = inCSharp && IsReference(line);
            // A blank behind # keeps a reference out of the engine's hands: it is resolved while the cell is compiled,
            // relative to the notebook, and a package in the very version asked for.
            Add(reference ? "# " + line.TrimStart()[1..] : line, i + 1);
            if (magic && inCSharp && i + 1 < written.Length)
                Add($"#line {i + 2} \"{name}\"", i + 1);
            csharp.Append(inCSharp && !magic ? line : "").Append('\n');
        }
        return new CellText(text.ToString(0, Math.Max(0, text.Length - 1)), csharp.ToString(), [.. lines]);

        void Add(string line, int number)
        {
            text.Append(line).Append('\n');
            lines.Add(number);
        }
    }

    /// <summary>The command of a line that begins with <c>#!</c>, without that beginning.</summary>
    static string Word(string line)
    {
        int end = line.IndexOfAny([' ', '\t'], 2);
        return end < 0 ? line[2..] : line[2..end];
    }

    static bool IsReference(string line) => line.TrimStart() is ['#', 'r', ' ' or '\t' or '"', ..];
}
