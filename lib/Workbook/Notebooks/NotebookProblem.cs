namespace Workbook.Notebooks;

/// <summary>What is wrong with a notebook's file, as one line that names file, cell and reason.</summary>
static class NotebookProblem
{
    /// <summary>The exception that says it.</summary>
    /// <param name="name">The file.</param>
    /// <param name="cell">The cell's place from 1, text cells counted; 0 where no cell is at fault.</param>
    /// <param name="reason">What is wrong there.</param>
    /// <param name="inner">What a library said.</param>
    public static InvalidDataException Of(string name, int cell, string reason, Exception? inner = null) =>
        new(cell > 0 ? $"{name}, cell {cell}: {reason}" : $"{name}: {reason}", inner);
}
