using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Directives;
using Microsoft.DotNet.Interactive.ValueSharing;

namespace Workbook.Kernel.Engine.Magics;

/// <summary><c>#!who</c>: the names of the variables of the language in which it stands.</summary>
sealed class WhoMagic : IMagic
{
    public KernelActionDirective Directive { get; } = new("#!who") { Description = "List the variables" };

    public async Task Run(CellRun cell, KernelInvocationContext context)
    {
        IReadOnlyList<KernelValueInfo> variables = await WhosMagic.Variables(context);
        cell.Show(new MimeBundle("text/plain", string.Join(", ", variables.Select(variable => variable.Name))));
    }
}
