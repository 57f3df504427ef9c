using System.Text.RegularExpressions;

namespace Workbook.Notebooks.Pages;

/// <summary>What the paper's abbreviations and letters stand for.</summary>
static partial class Abbreviations
{
    static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["CWMed"] = "coordinate-wise median",
        ["CWTM"] = "coordinate-wise trimmed mean",
        ["GM"] = "geometric median",
        ["LMA"] = "loss maximization attack",
        ["CPA"] = "class prior attack",
        ["SIA-bb"] = "strongest inverted attack, black box",
        ["SIA"] = "strongest inverted attack",
        ["PGD-cw"] = "projected gradient descent on the Carlini–Wagner loss",
        ["PGD"] = "projected gradient descent",
        ["DeepSet-TM"] = "DeepSet with a trimmed mean at inference",
        ["COPUR"] = "robust collaborative inference by feature purification",
        ["f"] = "the number of corrupted clients",
        ["α"] = "the concentration of the Dirichlet partition: the smaller, the more the clients differ",
    };

    /// <summary>What an abbreviation stands for.</summary>
    public static string MeaningOf(string abbreviation) => Words[abbreviation];

    /// <summary>Whether its meaning is put in words where it first comes up; a letter's would tear its formula
    /// apart.</summary>
    public static bool IsSpeltOut(string abbreviation) => abbreviation.Length > 1;

    /// <summary>The abbreviations in a text.</summary>
    public static MatchCollection In(string text) => Pattern.Matches(text);

    [GeneratedRegex(@"(?<![\w\-.'’])(CWMed|CWTM|GM|LMA|CPA|SIA-bb|SIA|PGD-cw|PGD|DeepSet-TM|COPUR|f|α)(?![\w\-'’])")]
    private static partial Regex Pattern { get; }
}
