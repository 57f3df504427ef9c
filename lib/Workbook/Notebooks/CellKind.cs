namespace Workbook.Notebooks;

/// <summary>What a cell holds.</summary>
public enum CellKind
{
    /// <summary>Text to be read.</summary>
    Markdown,

    /// <summary>Code to be run.</summary>
    Code,

    /// <summary>Neither; shown as it is.</summary>
    Raw,
}
