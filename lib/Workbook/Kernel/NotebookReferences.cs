using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Workbook.Kernel;

/// <summary>What <c>#r</c> names: an assembly relative to the notebook, one of the framework's, or a package.</summary>
sealed class NotebookReferences(string folder, SharedAssemblies assemblies, Action<string> note)
    : MetadataReferenceResolver
{
    const string PackageMark = "nuget:";

    readonly PackageRestore packages = new();

    /// <summary>The assemblies that were resolved and are to be loaded before the code that names them runs.</summary>
    public List<string> Pending { get; } = [];

    /// <summary>What went wrong in resolving; the compiler only says that it did not find the file.</summary>
    public List<string> Failures { get; } = [];

    public override bool ResolveMissingAssemblies => true;

    public override PortableExecutableReference? ResolveMissingAssembly(
        MetadataReference definition,
        AssemblyIdentity identity
    ) =>
        assemblies.Find(identity.Name, (definition as PortableExecutableReference)?.FilePath) is { } path
            ? MetadataReference.CreateFromFile(path)
            : null;

    public override ImmutableArray<PortableExecutableReference> ResolveReference(
        string reference,
        string? baseFilePath,
        MetadataReferenceProperties properties
    )
    {
        try
        {
            // One reference is all that the compiler takes for a directive; what else a package brings has been added
            // by then (see Packages).
            IReadOnlyList<string> paths =
                IsPackage(reference) ? [Package(reference).FirstOrDefault() ?? typeof(object).Assembly.Location]
                : FindAssembly(reference, baseFilePath) is { } path ? [path]
                : [];
            Pending.AddRange(paths);
            return [.. paths.Select(path => MetadataReference.CreateFromFile(path, properties))];
        }
        catch (Exception error)
            when (error is IOException or InvalidDataException or ArgumentException or UnauthorizedAccessException)
        {
            Failures.Add(error.Message);
            return [];
        }
    }

    /// <summary>All assemblies of the packages that a cell asks for.</summary>
    public IReadOnlyList<MetadataReference> Packages(SyntaxTree cell)
    {
        var all = new List<MetadataReference>();
        foreach (
            string reference in ((CompilationUnitSyntax)cell.GetRoot())
                .GetReferenceDirectives()
                .Select(directive => directive.File.ValueText)
                .Where(IsPackage)
        )
            try
            {
                IReadOnlyList<string> paths = Package(reference);
                Pending.AddRange(paths);
                all.AddRange(paths.Select(path => MetadataReference.CreateFromFile(path)));
            }
            catch (Exception error) when (error is IOException or InvalidDataException or ArgumentException) { }
        // said when the compiler comes to the directive
        return all;
    }

    static bool IsPackage(string reference) => reference.StartsWith(PackageMark, StringComparison.OrdinalIgnoreCase);

    IReadOnlyList<string> Package(string reference)
    {
        RestoredPackages restored = packages.Add(PackageReference.Parse(reference[PackageMark.Length..]), note);
        assemblies.AddNativeFiles(restored.NativeFiles);
        foreach (string file in restored.Assemblies)
            assemblies.AddFolderOf(file);
        return restored.Assemblies;
    }

    string? FindAssembly(string reference, string? baseFilePath)
    {
        string start =
            baseFilePath is not null && Path.IsPathRooted(baseFilePath) ? Path.GetDirectoryName(baseFilePath)! : folder;
        string path = Path.GetFullPath(Path.Combine(start, reference));
        if (!File.Exists(path))
            return assemblies.Find(
                Path.GetFileNameWithoutExtension(reference) is var stem
                && reference.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
                    ? stem
                    : reference,
                null
            );
        AssemblyName.GetAssemblyName(path); // says so where the file is not an assembly
        assemblies.AddFolderOf(path);
        return path;
    }

    public override bool Equals(object? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
