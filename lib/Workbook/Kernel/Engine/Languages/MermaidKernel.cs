using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Workbook.Kernel.Engine.Diagrams;

namespace Workbook.Kernel.Engine.Languages;

/// <summary><c>#!mermaid</c>: a flowchart, drawn here as SVG, so that it shows without a script and without a
/// network; a front end that draws Mermaid itself gets the text.</summary>
sealed class MermaidKernel : Microsoft.DotNet.Interactive.Kernel, IKernelCommandHandler<SubmitCode>
{
    public MermaidKernel()
        : base("mermaid")
    {
        KernelInfo.LanguageName = "Mermaid";
        KernelInfo.Description = "Draw a flowchart";
    }

    Task IKernelCommandHandler<SubmitCode>.HandleAsync(SubmitCode command, KernelInvocationContext context)
    {
        string text = command.Code.Trim('\n', '\r');
        var drawing = new MimeBundle("image/svg+xml", FlowchartSvg.Draw(Flowchart.Parse(text)))
        {
            ["text/vnd.mermaid"] = text,
            ["text/plain"] = text,
        };
        context.Publish(new DisplayedValueProduced(null, command, drawing.Forms()));
        return Task.CompletedTask;
    }
}
