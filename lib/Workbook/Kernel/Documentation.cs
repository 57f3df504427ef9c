using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace Workbook.Kernel;

/// <summary>What the XML documentation beside an assembly, or the SDK's of the framework, says of a symbol.</summary>
static partial class Documentation
{
    static readonly Lazy<string?> FrameworkFolder = new(FindFrameworkFolder);

    /// <summary>Its summary, its parameters and what it returns, as plain text; null where nothing is
    /// written.</summary>
    public static string? Of(ISymbol symbol, Compilation compilation)
    {
        ISymbol written = symbol.OriginalDefinition;
        if (written is IMethodSymbol { ReducedFrom: { } extension })
            written = extension;
        if (written.GetDocumentationCommentId() is not { } id || written.ContainingAssembly is not { } assembly)
            return null;
        string? path = (compilation.GetMetadataReference(assembly) as PortableExecutableReference)?.FilePath;
        return
            Files(path, assembly.Name).Select(file => Member(file, id)).FirstOrDefault(found => found is not null)
                is { } member
            ? Text(member)
            : null;
    }

    static IEnumerable<string> Files(string? assembly, string name)
    {
        if (assembly is not null && Path.ChangeExtension(assembly, ".xml") is var beside && File.Exists(beside))
            yield return beside;
        if (
            FrameworkFolder.Value is not { } folder
            || assembly is null
            || Path.GetDirectoryName(assembly) != Path.GetDirectoryName(typeof(object).Assembly.Location)
        )
            yield break;
        // The framework's types are documented by the names of their reference assemblies: what the core library
        // holds is mostly System.Runtime's.
        foreach (
            string file in Directory
                .EnumerateFiles(folder, "*.xml")
                .OrderByDescending(file => Path.GetFileNameWithoutExtension(file) == name)
                .ThenByDescending(file => Path.GetFileName(file) == "System.Runtime.xml")
        )
            yield return file;
    }

    static XElement? Member(string file, string id)
    {
        try
        {
            using var reader = XmlReader.Create(file, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
            while (reader.ReadToFollowing("member"))
                if (reader.GetAttribute("name") == id)
                    return (XElement)XNode.ReadFrom(reader);
        }
        catch (Exception error) when (error is XmlException or IOException or UnauthorizedAccessException) { }
        return null;
    }

    static string? Text(XElement member)
    {
        var lines = new List<string>();
        if (member.Element("summary") is { } summary)
            lines.Add(Plain(summary));
        foreach (XElement parameter in member.Elements("param"))
            lines.Add($"  {(string?)parameter.Attribute("name")}: {Plain(parameter)}");
        if (member.Element("returns") is { } returns)
            lines.Add($"returns: {Plain(returns)}");
        foreach (XElement thrown in member.Elements("exception"))
            lines.Add($"throws {LastName((string?)thrown.Attribute("cref"))}: {Plain(thrown)}");
        lines.RemoveAll(line => line.Trim().Length == 0);
        return lines.Count > 0 ? string.Join('\n', lines) : null;
    }

    static string Plain(XElement element)
    {
        var text = new StringBuilder();
        Add(element);
        return Blanks.Replace(text.ToString(), " ").Trim();

        void Add(XElement parent)
        {
            foreach (XNode node in parent.Nodes())
                if (node is XText written)
                    text.Append(written.Value);
                else if (node is XElement { Name.LocalName: "see" or "seealso" or "paramref" or "typeparamref" } named)
                    text.Append(
                        named.Value.Length > 0
                            ? named.Value
                            : (string?)named.Attribute("name")
                                ?? (string?)named.Attribute("langword")
                                ?? LastName((string?)named.Attribute("cref"))
                    );
                else if (node is XElement child)
                {
                    Add(child);
                    if (child.Name.LocalName is "para" or "item")
                        text.Append(' ');
                }
        }
    }

    // M:System.Math.Sqrt(System.Double) is Sqrt.
    static string LastName(string? reference) =>
        reference is null ? "" : reference.Split('(')[0].Split('.', ':')[^1].Split('`')[0];

    static string? FindFrameworkFolder()
    {
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!,
            packs = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", "packs", "Microsoft.NETCore.App.Ref"));
        return Directory.Exists(packs)
            ? Directory
                .EnumerateDirectories(packs, $"{Environment.Version.Major}.*")
                .Select(version =>
                    Path.Combine(version, "ref", $"net{Environment.Version.Major}.{Environment.Version.Minor}")
                )
                .LastOrDefault(Directory.Exists)
            : null;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks { get; }
}
