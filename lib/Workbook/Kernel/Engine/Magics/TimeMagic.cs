using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Directives;

namespace Workbook.Kernel.Engine.Magics;

/// <summary><c>#!time</c>: says how long the rest of the cell took.</summary>
sealed class TimeMagic : IMagic
{
    public KernelActionDirective Directive { get; } =
        new("#!time") { Description = "Say how long the rest of the cell took" };

    public Task Run(CellRun cell, KernelInvocationContext context)
    {
        cell.Measure();
        return Task.CompletedTask;
    }
}
