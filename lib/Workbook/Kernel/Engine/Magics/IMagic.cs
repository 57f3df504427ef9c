using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Directives;

namespace Workbook.Kernel.Engine.Magics;

/// <summary>A magic command that every language understands.</summary>
interface IMagic
{
    /// <summary>How it is written, and what it is for.</summary>
    KernelActionDirective Directive { get; }

    /// <summary>Does it.</summary>
    /// <param name="cell">The cell in which it stands.</param>
    /// <param name="context">Takes what it shows.</param>
    Task Run(CellRun cell, KernelInvocationContext context);
}
