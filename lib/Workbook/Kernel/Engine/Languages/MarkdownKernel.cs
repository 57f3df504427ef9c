using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;

namespace Workbook.Kernel.Engine.Languages;

/// <summary><c>#!markdown</c>: text that the front end sets.</summary>
sealed class MarkdownKernel : Microsoft.DotNet.Interactive.Kernel, IKernelCommandHandler<SubmitCode>
{
    public MarkdownKernel()
        : base("markdown")
    {
        KernelInfo.LanguageName = "Markdown";
        KernelInfo.Description = "Show Markdown";
    }

    Task IKernelCommandHandler<SubmitCode>.HandleAsync(SubmitCode command, KernelInvocationContext context)
    {
        context.DisplayAs(command.Code.Trim('\n', '\r'), "text/markdown");
        return Task.CompletedTask;
    }
}
