namespace Workbook.Terminal;

/// <summary>Says on standard error what went wrong.</summary>
public static class ErrorReporter
{
    /// <summary>One line, <c>workbook: …</c>.</summary>
    /// <returns><paramref name="exitCode"/>.</returns>
    public static int Report(string message, int exitCode)
    {
        Console.Error.WriteLine(
            "workbook: "
                + string.Join(
                    " ",
                    message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                )
        );
        return exitCode;
    }

    /// <summary>One line for what the user can mend, the stack trace for what only we can. <c>WORKBOOK_DEBUG=1</c>
    /// shows it always.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static int Report(Exception exception)
    {
        while (exception is AggregateException { InnerExceptions: [var only] })
            exception = only;
        bool users = IsUsers(exception);
        if (!users || Environment.GetEnvironmentVariable("WORKBOOK_DEBUG") == "1")
            Console.Error.WriteLine(exception);
        if (exception is OperationCanceledException)
            return Report("stopped", ExitCode.Cancelled);
        if (users)
            return Report(Text(exception), ExitCode.BadInput);
        return Report(
            $"this is a fault of the workbook itself: {exception.GetType().Name}: {exception.Message}",
            ExitCode.Bug
        );
    }

    /// <summary>Whether a user can mend it: one line says what.</summary>
    public static bool IsUsers(Exception exception) =>
        exception
            is OperationCanceledException
                or InvalidDataException
                or IOException
                or UnauthorizedAccessException
                or HttpRequestException
                or ArgumentException
                and not (ArgumentNullException or ArgumentOutOfRangeException)
                or InvalidOperationException
                and not ObjectDisposedException;

    // The framework appends the parameter's name, which says nothing to a user.
    static string Text(Exception exception) =>
        exception is ArgumentException { ParamName: { } name }
            ? exception.Message.Replace($" (Parameter '{name}')", "")
            : exception.Message;
}
