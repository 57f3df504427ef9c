using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Workbook.Notebooks.Pages;

/// <summary>Where the library's types are written down: one type a file, which has its name.</summary>
public sealed class SourceIndex
{
    readonly Dictionary<string, string> paths = new(StringComparer.Ordinal);

    /// <param name="root">The repository; without its <c>lib</c> folder nothing is found.</param>
    public SourceIndex(string root)
    {
        foreach (string assembly in new[] { "RobustInference", "RobustInference.Experiments" })
        {
            string folder = Path.Combine(root, "lib", assembly);
            if (!Directory.Exists(folder))
                continue;
            foreach (string path in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
                if (!paths.TryAdd(Path.GetFileNameWithoutExtension(path), path))
                    paths.Remove(Path.GetFileNameWithoutExtension(path)); // two of one name: neither is meant surely
        }
        Root = root;
    }

    /// <summary>The repository.</summary>
    public string Root { get; }

    /// <summary>The address of a type's source from the folder of pages; null where it is no type of the
    /// library.</summary>
    public string? AddressOf(string type) =>
        paths.TryGetValue(type, out string? path)
            ? "../../" + Path.GetRelativePath(Root, path).Replace(Path.DirectorySeparatorChar, '/')
            : null;

    /// <summary>The library's types that a cell names.</summary>
    public IEnumerable<string> TypesIn(string code) =>
        CSharpSyntaxTree
            .ParseText(code, new CSharpParseOptions(LanguageVersion.Latest, kind: SourceCodeKind.Script))
            .GetRoot()
            .DescendantTokens()
            .Where(token => token.IsKind(SyntaxKind.IdentifierToken) && paths.ContainsKey(token.Text))
            .Select(token => token.Text);
}
