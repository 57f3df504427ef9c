using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Directives;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.DotNet.Interactive.ValueSharing;
using RobustInference.Numerics;
using RobustInference.Results;

namespace RobustInference.Notebooks;

/// <summary><c>#!sql</c>: questions to the recorded results, in DuckDB's SQL.</summary>
/// <remarks>The table <c>results</c> holds what was recorded when the first question was asked; see
/// <see cref="RecordedResults"/>. <c>#!sql --name rows</c> keeps an answer, for <c>#!set --value @sql:rows</c> in
/// another language. A value that is sent here is a variable (<c>getvariable('name')</c>), a table where it has
/// rows.</remarks>
public sealed class SqlKernel
    : Microsoft.DotNet.Interactive.Kernel,
        IKernelCommandHandler<SubmitCode>,
        IKernelCommandHandler<RequestValueInfos>,
        IKernelCommandHandler<RequestValue>,
        IKernelCommandHandler<SendValue>
{
    /// <summary>How a cell says that it is in SQL: <c>#!sql</c>.</summary>
    public const string LanguageName = "sql";

    readonly Lazy<RecordedResults> results;
    readonly Dictionary<string, DataFrame> answers = [];
    KernelSpecifierDirective? directive;

    /// <param name="open">Opens the results; called once.</param>
    public SqlKernel(Func<ResultStore?, RecordedResults> open)
        : base(LanguageName)
    {
        KernelInfo.LanguageName = "SQL";
        KernelInfo.Description = "Ask the recorded results in DuckDB's SQL: the table is called results";
        results = new Lazy<RecordedResults>(() => open(null));
        RegisterForDisposal(() =>
        {
            if (results.IsValueCreated)
                results.Value.Dispose();
        });
    }

    public override KernelSpecifierDirective KernelSpecifierDirective =>
        directive ??= new KernelSpecifierDirective("#!" + Name, Name)
        {
            Description = KernelInfo.Description,
            Parameters = { new KernelDirectiveParameter("--name", "Keep the answer under this name") },
        };

    Task IKernelCommandHandler<SubmitCode>.HandleAsync(SubmitCode command, KernelInvocationContext context)
    {
        QueriedFrame answer = results.Value.Query(command.Code, LongWork.Cancel);
        if (command.Parameters.TryGetValue("--name", out string? name) && name is not null)
            answers[name] = answer;
        if (answer.Columns.Count > 0)
            context.Publish(
                new ReturnValueProduced(
                    answer,
                    command,
                    [
                        .. Formatter
                            .GetPreferredMimeTypesFor(answer.GetType())
                            .Select(form => new FormattedValue(form, answer.ToDisplayString(form))),
                    ]
                )
            );
        return Task.CompletedTask;
    }

    Task IKernelCommandHandler<RequestValueInfos>.HandleAsync(
        RequestValueInfos command,
        KernelInvocationContext context
    )
    {
        IEnumerable<KernelValueInfo> infos = answers.Select(answer => new KernelValueInfo(
            answer.Key,
            FormattedValue.CreateSingleFromObject(answer.Value, command.MimeType),
            typeof(DataFrame)
        ));
        context.Publish(new ValueInfosProduced([.. infos], command));
        return Task.CompletedTask;
    }

    Task IKernelCommandHandler<RequestValue>.HandleAsync(RequestValue command, KernelInvocationContext context)
    {
        if (answers.TryGetValue(command.Name, out DataFrame? answer))
            context.Publish(
                new ValueProduced(
                    answer,
                    command.Name,
                    FormattedValue.CreateSingleFromObject(answer, command.MimeType),
                    command
                )
            );
        else
            context.Fail(command, null, $"there is no answer '{command.Name}' in SQL: name one by #!sql --name");
        return Task.CompletedTask;
    }

    Task IKernelCommandHandler<SendValue>.HandleAsync(SendValue command, KernelInvocationContext context) =>
        SetValueAsync(
            command,
            context,
            (name, value, _) =>
            {
                results.Value.Query(SqlValue.Declare(name, value));
                return Task.CompletedTask;
            }
        );
}
