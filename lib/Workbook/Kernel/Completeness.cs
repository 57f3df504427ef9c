namespace Workbook.Kernel;

/// <summary>Whether a cell's text is a whole.</summary>
public enum Completeness
{
    /// <summary>It can run.</summary>
    Complete,

    /// <summary>More must follow.</summary>
    Incomplete,

    /// <summary>Nothing that follows could mend it.</summary>
    Invalid,
}
