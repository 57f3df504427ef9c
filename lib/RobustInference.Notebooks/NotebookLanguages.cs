using Microsoft.DotNet.Interactive;

namespace RobustInference.Notebooks;

/// <summary>Brings the languages of the workbook's own kernel to a notebook that runs on the tool of Polyglot
/// Notebooks.</summary>
public static class NotebookLanguages
{
    /// <summary>Adds <c>#!sql</c> to the notebook that runs; to be called in a cell. Where the language is there, as on
    /// the workbook's kernel, nothing happens.</summary>
    public static void Add()
    {
        if (
            KernelInvocationContext.Current?.HandlingKernel.RootKernel is CompositeKernel root
            && root.ChildKernels.All(language => language.Name != SqlKernel.LanguageName)
        )
            root.Add(new SqlKernel(RobustInference.Results.RecordedResults.Open).UseValueSharing());
    }
}
