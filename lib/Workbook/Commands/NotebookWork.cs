using Workbook.Notebooks;

namespace Workbook.Commands;

/// <summary>A notebook that is to be run.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Name">What its results are called, without ending.</param>
/// <param name="Notebook">Its content; a run replaces its outputs.</param>
sealed record NotebookWork(string Path, string Name, Notebook Notebook)
{
    /// <summary>The folder that its cells run in.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
}
