using System.Diagnostics;
using System.IO.Pipes;
using System.Text;
using System.Threading.Channels;
using Workbook.Terminal;

namespace Workbook.Notebooks.Execution;

/// <summary>A worker process as its runner sees it: messages in, orders out, and what it writes past both.</summary>
sealed class WorkerProcess : IDisposable
{
    const int KeptOfConsole = 64 << 10;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly Process process;
    readonly NamedPipeServerStream pipe;
    readonly MessageChannel channel;
    readonly StringBuilder errors = new();

    WorkerProcess(Process process, NamedPipeServerStream pipe) =>
        (this.process, this.pipe, channel) = (process, pipe, new MessageChannel(pipe));

    /// <summary>Messages, until the process is gone.</summary>
    public Channel<WorkerMessage> Messages { get; } = Channel.CreateBounded<WorkerMessage>(64);

    /// <summary>What the process itself has written on standard error: why it died, for instance.</summary>
    public string Errors
    {
        get
        {
            lock (errors)
                return errors.ToString();
        }
    }

    /// <summary>How it ended: its exit code, above 128 for a signal; null while it runs.</summary>
    public int? ExitCode => process.HasExited ? process.ExitCode : null;

    /// <summary>The memory that it holds, in bytes.</summary>
    public long Memory
    {
        get
        {
            try
            {
                process.Refresh();
                return process.HasExited ? 0 : process.WorkingSet64;
            }
            catch (InvalidOperationException) // it ended between the two questions
            {
                return 0;
            }
        }
    }

    /// <summary>Starts a worker and tells it what to run.</summary>
    /// <param name="request">The notebook.</param>
    /// <param name="folder">Its current folder.</param>
    /// <param name="environment">Variables for its cells.</param>
    /// <exception cref="IOException">It did not start.</exception>
    public static async Task<WorkerProcess> Start(
        WorkerRequest request,
        string folder,
        IReadOnlyDictionary<string, string> environment
    )
    {
        string name = $"workbook-{Guid.NewGuid():N}";
        var pipe = new NamedPipeServerStream(
            name,
            PipeDirection.InOut,
            1,
            PipeTransmissionMode.Byte,
            PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly
        );
        var start = new ProcessStartInfo(
            OwnProgram.CommandLine[0],
            OwnProgram.CommandLine.Skip(1).Append(NotebookWorker.Command).Append(name)
        )
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string variable, string value) in environment)
            start.Environment[variable] = value;
        WorkerProcess? worker = null;
        try
        {
            worker = new WorkerProcess(Process.Start(start)!, pipe);
            worker.process.StandardInput.Close();
            worker.Gather(worker.process.StandardOutput, kept: false);
            worker.Gather(worker.process.StandardError, kept: true);
            using var patience = new CancellationTokenSource(Patience);
            Task connected = pipe.WaitForConnectionAsync(patience.Token);
            if (await Task.WhenAny(connected, worker.process.WaitForExitAsync(patience.Token)) != connected)
                throw new IOException($"the notebook's process did not start: {worker.Errors.Trim()}");
            await connected;
            worker.Send(new WorkerOrder(request));
            _ = worker.Receive();
            return worker;
        }
        catch (Exception error)
        {
            (worker as IDisposable ?? pipe).Dispose();
            if (error is OperationCanceledException or System.ComponentModel.Win32Exception)
                throw new IOException($"the notebook's process did not start: {error.Message}", error);
            throw;
        }
    }

    /// <summary>Sends an order; a process that is gone does not hear it.</summary>
    public void Send(WorkerOrder order)
    {
        try
        {
            channel.Send(order);
        }
        catch (IOException) { }
    }

    /// <summary>Ends the process and those that it has started.</summary>
    public void Kill()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or AggregateException) { } // gone already
    }

    /// <summary>Waits until the process is gone.</summary>
    /// <returns>Whether it went in time.</returns>
    public bool WaitForExit(TimeSpan patience) => process.WaitForExit(patience);

    public void Dispose()
    {
        Kill();
        pipe.Dispose();
        process.Dispose();
    }

    async Task Receive()
    {
        Exception? fault = null;
        try
        {
            while (await channel.ReceiveAsync<WorkerMessage>(CancellationToken.None) is { } message)
                await Messages.Writer.WriteAsync(message);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or ObjectDisposedException)
        {
            fault = error as InvalidDataException;
        }
        Messages.Writer.Complete(fault);
    }

    // What a cell's native code prints belongs to no message. It must be read, or the cell would wait for it.
    void Gather(StreamReader reader, bool kept) =>
        new Thread(() =>
        {
            char[] buffer = new char[4096];
            try
            {
                while (reader.Read(buffer) is > 0 and int count)
                    lock (errors)
                        if (kept && errors.Length + count <= KeptOfConsole)
                            errors.Append(buffer, 0, count);
            }
            catch (Exception error) when (error is IOException or ObjectDisposedException) { } // the end
        })
        {
            IsBackground = true,
            Name = "a worker's console",
        }.Start();
}
