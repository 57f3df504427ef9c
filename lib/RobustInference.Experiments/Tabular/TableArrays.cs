using RobustInference.Files;
using RobustInference.Inputs;
using RobustInference.Probits;

namespace RobustInference.Tabular;

/// <summary>Arrays that were made of a table.</summary>
/// <param name="path">The file.</param>
/// <param name="form">What it is.</param>
/// <param name="arrays">By name.</param>
/// <param name="understood">What was taken for what.</param>
sealed class TableArrays(
    string path,
    string form,
    IReadOnlyList<(string Name, NumpyArray Array)> arrays,
    string understood
) : ArraySource
{
    public override string Path => path;

    public override string Form => form;

    public override string Understood => understood;

    public override IReadOnlyList<ArrayInfo> Arrays { get; } =
    [.. arrays.Select(entry => new ArrayInfo(entry.Name, entry.Array.Kind, entry.Array.ItemBytes, entry.Array.Shape))];

    public override NumpyArray Read(string name) => arrays.First(entry => entry.Name == name).Array;

    /// <summary>Names as an array; a word that all share before their number is left out.</summary>
    public static (string, NumpyArray) Names(string array, IReadOnlyList<string> names)
    {
        int common = 0;
        while (
            names.All(name => common < name.Length && name[common] == names[0][common] && !char.IsDigit(name[common]))
        )
            common++;
        string[] short_ = [.. names.Select(name => name[common..])];
        bool numbered = short_.Select((name, i) => name == $"{i}").All(same => same);
        return (array, NumpyArray.Text(numbered ? short_ : names, names.Count));
    }
}
