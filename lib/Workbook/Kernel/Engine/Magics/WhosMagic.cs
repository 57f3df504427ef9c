using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Directives;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.ValueSharing;

namespace Workbook.Kernel.Engine.Magics;

/// <summary><c>#!whos</c>: the variables of the language in which it stands, with types and beginnings of
/// values.</summary>
sealed class WhosMagic : IMagic
{
    const int Longest = 80;

    public KernelActionDirective Directive { get; } =
        new("#!whos") { Description = "List the variables with types and values" };

    public async Task Run(CellRun cell, KernelInvocationContext context)
    {
        string[][] rows =
        [
            .. (await Variables(context)).Select(variable =>
                new[] { variable.Name, variable.TypeName ?? "", Beginning(variable.FormattedValue.Value) }
            ),
        ];
        using var html = new StringWriter();
        HtmlTable.Write(html, ["Variable", "Type", "Value"], rows, keys: 1);
        cell.Show(
            new MimeBundle("text/html", html.ToString())
            {
                ["text/plain"] = string.Concat(rows.Select(row => $"{row[0]}  {row[1]}  {row[2]}\n")),
            }
        );
    }

    /// <summary>The variables of the language that handles <paramref name="context"/>; none where it has
    /// none.</summary>
    public static async Task<IReadOnlyList<KernelValueInfo>> Variables(KernelInvocationContext context)
    {
        Microsoft.DotNet.Interactive.Kernel language = context.HandlingKernel;
        if (!language.SupportsCommandType(typeof(RequestValueInfos)))
            return [];
        KernelCommandResult answer = await language.SendAsync(new RequestValueInfos(language.Name));
        return [.. answer.Events.OfType<ValueInfosProduced>().SelectMany(produced => produced.ValueInfos)];
    }

    static string Beginning(string? text)
    {
        string line = (text ?? "").ReplaceLineEndings(" ").Trim();
        return line.Length > Longest ? line[..Longest] + " …" : line;
    }
}
