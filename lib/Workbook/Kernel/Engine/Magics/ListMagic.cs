using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Directives;
using Microsoft.DotNet.Interactive.Formatting;

namespace Workbook.Kernel.Engine.Magics;

/// <summary><c>#!lsmagic</c>: lists the languages and the magic commands.</summary>
/// <param name="root">Whose they are.</param>
sealed class ListMagic(CompositeKernel root) : IMagic
{
    public KernelActionDirective Directive { get; } =
        new("#!lsmagic") { Description = "List the languages and the magic commands" };

    public Task Run(CellRun cell, KernelInvocationContext context)
    {
        (string Name, string Text)[] languages =
        [
            .. root.ChildKernels.Select(language =>
                (
                    string.Join(
                        ", ",
                        language.KernelInfo.Aliases.Prepend(language.Name).Select(name => "#!" + name).Distinct()
                    ),
                    language.KernelInfo.Description ?? ""
                )
            ),
        ];
        (string Name, string Text)[] commands =
        [
            .. root
                .ChildKernels.Prepend<Microsoft.DotNet.Interactive.Kernel>(root)
                .SelectMany(language => language.KernelInfo.SupportedDirectives)
                .Where(directive => directive is KernelActionDirective { Hidden: false })
                .DistinctBy(directive => directive.Name)
                .OrderBy(directive => directive.Name, StringComparer.Ordinal)
                .Select(directive => (Usage(directive), directive.Description ?? "")),
        ];
        var shown = new MimeBundle("text/html", Html("Languages", languages) + Html("Commands", commands))
        {
            ["text/plain"] = Plain(languages) + Plain(commands),
        };
        cell.Show(shown);
        return Task.CompletedTask;
    }

    static string Usage(KernelDirective directive) =>
        string.Join(
            ' ',
            directive
                .Parameters.Select(parameter => parameter.Required ? parameter.Name : $"[{parameter.Name}]")
                .Prepend(directive.Name)
        );

    static string Plain((string Name, string Text)[] rows)
    {
        int width = rows.Max(row => row.Name.Length);
        return string.Concat(rows.Select(row => $"{row.Name.PadRight(width)}  {row.Text}\n"));
    }

    static string Html(string title, (string Name, string Text)[] rows)
    {
        using var writer = new StringWriter();
        HtmlTable.Write(writer, [title, ""], rows.Select(row => (string[])[row.Name, row.Text]), keys: 1);
        return writer.ToString();
    }
}
