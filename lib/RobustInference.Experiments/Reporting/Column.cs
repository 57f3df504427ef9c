namespace RobustInference.Reporting;

/// <summary>A table's column: its header, where its cells stand, and the group that it shares with its
/// neighbours.</summary>
/// <param name="Header">Text over the column, with its unit where it has one.</param>
/// <param name="Alignment">Numbers stand right, text left.</param>
/// <param name="Group">Neighbouring columns of the same group get one header over theirs; empty for none.</param>
public sealed record Column(string Header, Alignment Alignment = Alignment.Left, string Group = "")
{
    /// <summary>A column of numbers, aligned right.</summary>
    public static Column OfNumbers(string header, string group = "") => new(header, Alignment.Right, group);

    /// <summary>A column of text, aligned left.</summary>
    public static implicit operator Column(string header) => new(header);
}
