using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;

namespace Workbook.Kernel.Engine.Languages;

/// <summary><c>#!javascript</c>: a script that runs where the notebook is shown.</summary>
/// <remarks>It runs in a function of its own, with the values that were sent to it by <c>#!set</c> as its
/// variables. A page that trusts no script does not run it.</remarks>
sealed class JavaScriptKernel
    : Microsoft.DotNet.Interactive.Kernel,
        IKernelCommandHandler<SubmitCode>,
        IKernelCommandHandler<SendValue>
{
    // The usual encoder writes < and > as \u003C and \u003E: no value can end the script element.
    static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.Default };

    readonly Dictionary<string, string> values = [];

    public JavaScriptKernel()
        : base("javascript")
    {
        KernelInfo.LanguageName = "JavaScript";
        KernelInfo.Description = "Run a script in the page that shows the notebook";
    }

    Task IKernelCommandHandler<SubmitCode>.HandleAsync(SubmitCode command, KernelInvocationContext context)
    {
        string code = command.Code.Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase),
            names = string.Concat(values.Select(value => $"const {value.Key} = {value.Value};\n"));
        context.DisplayAs(
            $"<script type=\"text/javascript\">\n(async () => {{\n{names}{code.Trim('\n', '\r')}\n}})();\n</script>",
            "text/html"
        );
        return Task.CompletedTask;
    }

    Task IKernelCommandHandler<SendValue>.HandleAsync(SendValue command, KernelInvocationContext context) =>
        SetValueAsync(
            command,
            context,
            (name, value, _) =>
            {
                values[
                    SyntaxFacts.IsValidIdentifier(name) ? name : throw new ArgumentException($"'{name}' is no name")
                ] = JsonSerializer.Serialize(value, Json);
                return Task.CompletedTask;
            }
        );
}
