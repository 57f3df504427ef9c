using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using RobustInference.Files;

namespace Workbook.Kernel.Messaging;

/// <summary>The Jupyter kernel: answers requests on its sockets until it is told to shut down.</summary>
/// <remarks>An interrupt stops a cell wherever it looks up, sleeps or waits. One that is inside a library call goes on,
/// the user is told so, and a second interrupt starts the kernel afresh: its variables are lost, and it says
/// so.</remarks>
/// <param name="connection">Where to bind.</param>
/// <param name="folder">The notebook's.</param>
/// <param name="seen">The messages that were taken already.</param>
public sealed class KernelServer(ConnectionFile connection, string folder, SeenMessages seen)
{
    static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200),
        Grace = TimeSpan.FromSeconds(2);

    // Neither the compiler's libraries nor torch's are touched before the first kernel_info has been answered.
    readonly Lazy<CSharpSession> session = new(() =>
    {
        TorchLibraries.LoadNamed();
        return new CSharpSession(folder);
    });
    readonly ManualResetEventSlim answered = new(),
        warm = new();
    volatile bool stopping;
    readonly Lock gate = new();
    volatile int executing; // the number of the request that is being executed; 0 between requests
    volatile Message? executed; // that request
    volatile int interrupted; // the number of the request that was interrupted last
    volatile bool deaf; // that one was told, and goes on
    volatile bool restarting, // it was interrupted again
        abandoned;
    int requests;

    /// <summary>Serves until shutdown.</summary>
    public KernelEnd Run()
    {
        ParentWatch.Start();
        new Thread(Message.Rehearse) { IsBackground = true, Name = "rehearsal" }.Start();
        var sockets = new KernelSockets(connection, seen);
        using PosixSignalRegistration signal = PosixSignalRegistration.Create(
            PosixSignal.SIGINT,
            context =>
            {
                context.Cancel = true; // a terminal's Ctrl-C reaches the kernel too; it means the cell
                Interrupt(sockets);
                RestartWhenAsked(sockets);
            }
        );
        sockets.Publish("status", new JsonObject { ["execution_state"] = "starting" }, null);
        Thread[] threads =
        [
            Start(sockets, "heartbeat", () => sockets.Beat(Patience)),
            Start(sockets, "control", () => Answer(sockets, sockets.Control)),
            Start(sockets, "shell", () => Answer(sockets, sockets.Shell)),
        ];
        new Thread(WarmUp) { IsBackground = true, Name = "warm-up" }.Start();
        threads[1].Join();
        if (!abandoned)
            Interrupt(sockets);
        threads[0].Join();
        if (abandoned)
        {
            sockets.Dispose();
            return KernelEnd.Restart;
        }
        // A cell that cannot be stopped must not keep the process: sockets are closed only when no thread uses them.
        bool ended = threads[2].Join(TimeSpan.FromSeconds(2));
        if (ended)
            sockets.Dispose();
        return ended ? KernelEnd.Finished : KernelEnd.Running;
    }

    /// <summary>Answers the cell that does not stop, and all that wait behind it, and ends the work here; a cell that
    /// has stopped in the meantime needs none of that.</summary>
    void RestartWhenAsked(KernelSockets sockets)
    {
        if (!restarting)
            return;
        restarting = false;
        lock (gate) // from here on the thread of the shell socket stays where it is
        {
            if (executed is not { } request)
                return;
            const string Name = "KernelRestarted",
                Reason =
                    "the cell was in a library call that does not stop, so the kernel was restarted: its variables are "
                    + "lost; run the cells from the first on";
            JsonObject Error() =>
                new()
                {
                    ["ename"] = Name,
                    ["evalue"] = Reason,
                    ["traceback"] = new JsonArray(Reason),
                };
            sockets.Publish("error", Error(), request);
            JsonObject reply = Error();
            reply["status"] = "error";
            reply["execution_count"] = session.Value.ExecutionCount;
            sockets.Send(sockets.Shell, request.Reply(reply));
            sockets.Publish("status", new JsonObject { ["execution_state"] = "idle" }, request);
            foreach (Message next in Waiting(sockets, sockets.Shell))
                if (next.Type == "execute_request")
                    Abort(sockets, sockets.Shell, next);
            abandoned = stopping = true;
        }
    }

    Thread Start(KernelSockets sockets, string name, Action step)
    {
        var thread = new Thread(() =>
        {
            while (!stopping)
                try
                {
                    step();
                }
                catch (Exception error) // whatever was sent, the next message is answered
                {
                    sockets.Refuse($"a message: {error.GetType().Name}: {error.Message}");
                    Thread.Sleep(1);
                }
        })
        {
            IsBackground = true,
            Name = name,
        };
        thread.Start();
        return thread;
    }

    void WarmUp()
    {
        answered.Wait(TimeSpan.FromSeconds(2));
        try
        {
            session.Value.WarmUp();
        }
        catch (Exception error)
        {
            Console.Error.WriteLine($"kernel: the engine did not warm up: {error.Message}");
        }
        finally
        {
            warm.Set();
        }
    }

    void Answer(KernelSockets sockets, NetMQ.Sockets.RouterSocket socket)
    {
        if (sockets.Receive(socket, Patience) is { } request)
            Answer(sockets, socket, request);
    }

    void Answer(KernelSockets sockets, NetMQ.Sockets.RouterSocket socket, Message request)
    {
        sockets.Publish("status", new JsonObject { ["execution_state"] = "busy" }, request);
        JsonObject? reply;
        if (request.Type == "execute_request")
            (executed, executing) = (request, ++requests);
        try
        {
            reply = request.Type == "execute_request" ? Execute(sockets, request) : Content(sockets, request);
        }
        catch (Exception error)
        {
            reply = Refusal(error);
            if (request.Type == "execute_request") // a notebook shows what is published, not what is replied
                sockets.Publish("error", Refusal(error), request);
        }
        if (request.Type == "execute_request")
            lock (gate)
            {
                if (abandoned) // it was answered, and the socket is no longer this thread's
                    Thread.Sleep(Timeout.Infinite);
                (executed, executing) = (null, 0);
            }
        // "Run all" sends all cells at once: those that wait behind a failing one are not run. Whatever comes after the
        // reply was sent in knowledge of it.
        bool failed =
            request.Type == "execute_request"
            && (string?)reply?["status"] == "error"
            && Flag(request, "stop_on_error") != false;
        List<Message> waiting = failed ? Waiting(sockets, socket) : [];
        if (reply is not null)
            sockets.Send(socket, request.Reply(reply));
        sockets.Publish("status", new JsonObject { ["execution_state"] = "idle" }, request);
        if (request.Type == "kernel_info_request")
            answered.Set();
        if (request.Type == "shutdown_request")
            stopping = true;
        if (socket == sockets.Control)
            RestartWhenAsked(sockets);
        foreach (Message next in waiting)
        {
            if (next.Type == "execute_request")
                Abort(sockets, socket, next);
            else
                Answer(sockets, socket, next);
        }
    }

    static JsonObject Refusal(Exception error) =>
        new()
        {
            ["status"] = "error",
            ["ename"] = error.GetType().Name,
            ["evalue"] = error.Message,
            ["traceback"] = new JsonArray(error.Message),
        };

    // Null where it is not said, or no truth value.
    static bool? Flag(Message request, string name) =>
        request.Content[name]?.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };

    static List<Message> Waiting(KernelSockets sockets, NetMQ.Sockets.RouterSocket socket)
    {
        var waiting = new List<Message>();
        while (sockets.Receive(socket, TimeSpan.Zero) is { } message)
            waiting.Add(message);
        return waiting;
    }

    static void Abort(KernelSockets sockets, NetMQ.Sockets.RouterSocket socket, Message request)
    {
        sockets.Publish("status", new JsonObject { ["execution_state"] = "busy" }, request);
        sockets.Send(socket, request.Reply(new JsonObject { ["status"] = "aborted" }));
        sockets.Publish("status", new JsonObject { ["execution_state"] = "idle" }, request);
    }

    JsonObject Execute(KernelSockets sockets, Message request)
    {
        warm.Wait(); // two threads that compile the same things at once are slower than one
        string code = (string?)request.Content["code"] ?? "";
        bool silent = Flag(request, "silent") == true;
        var frontEnd = new JupyterFrontEnd(sockets, request);
        if (!silent)
            sockets.Publish(
                "execute_input",
                new JsonObject { ["code"] = code, ["execution_count"] = session.Value.ExecutionCount + 1 },
                request
            );
        CellOutput.Fallback = new CellOutput(frontEnd);
        CellResult result = session.Value.Execute(code, frontEnd);
        if (result.Error is { } error)
        {
            JsonObject Error() =>
                new()
                {
                    ["ename"] = error.Name,
                    ["evalue"] = error.Message,
                    ["traceback"] = new JsonArray([.. error.Trace.Select(line => (JsonNode)line)]),
                };
            sockets.Publish("error", Error(), request);
            JsonObject reply = Error();
            reply["status"] = "error";
            reply["execution_count"] = result.ExecutionCount;
            return reply;
        }
        if (result.Value is { } value && !silent && frontEnd.Fits(value.Values))
        {
            sockets.Publish(
                "execute_result",
                new JsonObject
                {
                    ["execution_count"] = result.ExecutionCount,
                    ["data"] = value.ToJson(),
                    ["metadata"] = new JsonObject(),
                },
                request
            );
        }
        return new JsonObject
        {
            ["status"] = "ok",
            ["execution_count"] = result.ExecutionCount,
            ["payload"] = new JsonArray(),
            ["user_expressions"] = new JsonObject(),
        };
    }

    JsonObject? Content(KernelSockets sockets, Message request)
    {
        string code = (string?)request.Content["code"] ?? "";
        switch (request.Type)
        {
            case "kernel_info_request":
                return KernelInfo.Content();
            case "complete_request":
                return Assistance.Complete(session.Value, code, (int?)request.Content["cursor_pos"] ?? code.Length);
            case "inspect_request":
                return Assistance.Inspect(session.Value, code, (int?)request.Content["cursor_pos"] ?? code.Length);
            case "is_complete_request":
                return Assistance.IsComplete(code);
            case "history_request":
                return new JsonObject { ["status"] = "ok", ["history"] = new JsonArray() };
            case "comm_info_request":
                return new JsonObject { ["status"] = "ok", ["comms"] = new JsonObject() };
            case "interrupt_request":
                Interrupt(sockets);
                return new JsonObject { ["status"] = "ok" };
            case "shutdown_request":
                var content = new JsonObject { ["status"] = "ok", ["restart"] = Flag(request, "restart") == true };
                sockets.Publish("shutdown_reply", content.DeepClone().AsObject(), request);
                return content;
            default:
                return null; // comm_open and other one-way messages
        }
    }

    // A request that still waits for the compiler to be warm is meant too: its cell is stopped as soon as it starts.
    void Interrupt(KernelSockets sockets)
    {
        int meant = executing;
        if (meant == 0)
            return;
        if (interrupted == meant)
        {
            restarting |= deaf;
            return;
        }
        (interrupted, deaf) = (meant, false);
        Task.Run(async () =>
        {
            while (executing == meant && !session.Value.Interrupt())
                await Task.Delay(5);
            await Task.Delay(Grace);
            if (executing != meant || executed is not { } request)
                return;
            deaf = true;
            new JupyterFrontEnd(sockets, request).Stream(
                "stderr",
                "the cell is inside a library call that does not look up; it stops when that call ends. Interrupt once "
                    + "more to restart the kernel: its variables are lost then.\n"
            );
        });
    }
}
