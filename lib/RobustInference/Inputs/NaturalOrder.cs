using System.Text.RegularExpressions;

namespace RobustInference.Inputs;

/// <summary>Text in the order that people expect: client2 before client10.</summary>
public sealed partial class NaturalOrder : IComparer<string>
{
    public static NaturalOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        string[] first = Parts().Split(x ?? ""),
            second = Parts().Split(y ?? "");
        for (int i = 0; i < Math.Min(first.Length, second.Length); i++)
        {
            int order =
                i % 2 == 1
                    ? ByValue(first[i], second[i])
                    : string.Compare(first[i], second[i], StringComparison.Ordinal);
            if (order != 0)
                return order;
        }
        int lengths = first.Length.CompareTo(second.Length);
        return lengths != 0 ? lengths : string.Compare(x, y, StringComparison.Ordinal);
    }

    static int ByValue(string first, string second)
    {
        string a = first.TrimStart('0'),
            b = second.TrimStart('0');
        return a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.Compare(a, b, StringComparison.Ordinal);
    }

    [GeneratedRegex("([0-9]+)")]
    private static partial Regex Parts();
}
