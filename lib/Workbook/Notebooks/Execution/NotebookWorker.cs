using System.IO.Pipes;
using System.Runtime.InteropServices;
using Workbook.Kernel;

namespace Workbook.Notebooks.Execution;

/// <summary>The process in which one notebook's cells run: whatever they do to it, the runner goes on.</summary>
sealed class NotebookWorker
{
    /// <summary>The command that starts it; not for users.</summary>
    public const string Command = "notebook-worker";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly MessageChannel runner;
    readonly CellThreads threads = new();
    CSharpSession? session;
    bool finished;

    NotebookWorker(MessageChannel runner) => this.runner = runner;

    /// <summary>Connects to the runner, runs its notebook and ends.</summary>
    /// <param name="pipe">The name of the runner's pipe.</param>
    public static int Serve(string pipe)
    {
        // Ctrl-C in a terminal reaches this process too; the runner decides what it means.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var stream = new NamedPipeClientStream(".", pipe, PipeDirection.InOut, PipeOptions.Asynchronous);
        stream.Connect(Patience);
        new NotebookWorker(new MessageChannel(stream)).Serve();
        // Not by returning: a cell's thread would keep the process.
        Environment.Exit(0);
        return 0;
    }

    void Serve()
    {
        WorkerRequest request =
            Receive()?.Run ?? throw new InvalidDataException("the runner went away before it said what to run");
        new Thread(Listen) { IsBackground = true, Name = "orders" }.Start();
        AppDomain.CurrentDomain.UnhandledException += (_, failure) => Crash(failure.ExceptionObject);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => FlushBeforeEnd();
        using var training = new WorkListener(what => Send(new WorkerMessage.Working(what)));
        session = new CSharpSession(request.Folder);
        for (int i = 0; i < request.Cells.Count; i++)
            if (!Run(request, i + 1) && !request.KeepGoing)
                break;
        threads.Current = 0;
        WaitForThreads(request.Grace);
        finished = true;
        Send(new WorkerMessage.Finished());
    }

    /// <summary>Runs a cell.</summary>
    /// <returns>Whether the next one may be run.</returns>
    bool Run(WorkerRequest request, int cell)
    {
        CellRequest asked = request.Cells[cell - 1];
        threads.Current = cell;
        Send(new WorkerMessage.Started(cell));
        var frontEnd = new WorkerFrontEnd(cell, Send, new OutputBudget(request.OutputLimit));
        CellResult result;
        try
        {
            result = session!.Execute(asked.Code, frontEnd);
        }
        catch (Exception error) // a fault of the kernel's own: the notebook fails, the run does not
        {
            result = new CellResult(session!.ExecutionCount, null, CellErrors.Of(error, cell));
        }
        Send(new WorkerMessage.Ended(cell, result.ExecutionCount, frontEnd.Result(result.Value), result.Error));
        return result.Succeeded || asked.MayFail;
    }

    // A program ends only when its foreground threads have ended; so much patience, and then their names.
    void WaitForThreads(TimeSpan grace)
    {
        DateTime end = DateTime.UtcNow + grace;
        while (threads.InForeground().Any() && DateTime.UtcNow < end)
            Thread.Sleep(20);
        foreach ((int cell, Thread thread) in threads.InForeground().Take(10))
            Send(
                new WorkerMessage.Straggling(
                    cell,
                    $"{(thread.Name is { } name ? $"the thread '{name}'" : "a thread without a name")} "
                        + $"(id {thread.ManagedThreadId})"
                )
            );
    }

    void Listen()
    {
        while (Receive() is { } order)
            if (order.Interrupt)
                session?.Interrupt();
        System.Diagnostics.Process.GetCurrentProcess().Kill(); // without its runner it has nothing to do
    }

    WorkerOrder? Receive()
    {
        try
        {
            return runner.ReceiveAsync<WorkerOrder>(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
        catch (IOException)
        {
            return null;
        }
    }

    void Crash(object failure)
    {
        CellOutput.Current?.Flush();
        int cell = threads.Current;
        Exception exception = failure as Exception ?? new InvalidOperationException("something that is no exception");
        CellError error = CellErrors.Of(exception, Math.Max(1, cell));
        Send(new WorkerMessage.Crashed(cell, error));
    }

    void FlushBeforeEnd()
    {
        if (!finished)
            CellOutput.Current?.Flush();
    }

    void Send(WorkerMessage message)
    {
        try
        {
            runner.Send(message);
        }
        catch (IOException) { } // the runner is gone, and Listen ends this process
    }
}
