using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Workbook.Plugins;

/// <summary>Compiles one C# file against the library and what this program runs on.</summary>
static class PluginCompiler
{
    const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        """;

    /// <summary>The assembly; equal source gives an equal module version id.</summary>
    /// <exception cref="InvalidDataException">It does not compile: the message names the first error's
    /// place.</exception>
    public static Assembly Compile(string path)
    {
        // A file-based program (`dotnet run FILE.cs`) is taken too: its directives and its own statements are left
        // alone.
        var parse = CSharpParseOptions
            .Default.WithLanguageVersion(LanguageVersion.Latest)
            .WithFeatures([new("FileBasedProgram", "true")]);
        var source = SourceText.From(File.ReadAllText(path), System.Text.Encoding.UTF8);
        string references = (string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "";
        var tree = CSharpSyntaxTree.ParseText(source, parse, Path.GetFileName(path));
        bool isProgram = tree.GetCompilationUnitRoot().Members.OfType<GlobalStatementSyntax>().Any();
        var compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(path),
            [tree, CSharpSyntaxTree.ParseText(Usings, parse, "usings")],
            references
                .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(
                isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: OptimizationLevel.Release,
                nullableContextOptions: NullableContextOptions.Enable,
                allowUnsafe: true,
                deterministic: true
            )
        );
        using var image = new MemoryStream();
        var emitted = compilation.Emit(image);
        if (!emitted.Success)
        {
            var error = emitted.Diagnostics.First(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
            var at = error.Location.GetLineSpan().StartLinePosition;
            throw new InvalidDataException(
                $"{path}, line {at.Line + 1}, column {at.Character + 1}: {error.GetMessage()} ({error.Id})"
            );
        }
        image.Position = 0;
        return AssemblyLoadContext.Default.LoadFromStream(image);
    }
}
