using System.CommandLine;
using NetMQ;
using Workbook.Kernel.Messaging;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook kernel</c>: the Jupyter kernel, and its entry in the user's Jupyter.</summary>
public static class KernelCommand
{
    public static Command Create()
    {
        var install = new Command("install", "Register the C# kernel (.net-csharp) with this user's Jupyter.");
        install.SetAction(_ => Console.Out.WriteLine($"registered in {KernelSpec.Install()}"));
        var uninstall = new Command("uninstall", "Take that registration away.");
        uninstall.SetAction(_ =>
            Console.Out.WriteLine(KernelSpec.Uninstall() is { } folder ? $"removed {folder}" : "it was not registered")
        );

        var file = new Argument<FileInfo?>("connection-file")
        {
            Description = "written by Jupyter, which starts the kernel with it",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("kernel", "The C# kernel for Jupyter.")
        {
            file,
            install.WithExample("./workbook kernel install"),
            uninstall.WithExample("./workbook kernel uninstall"),
        };
        command.SetAction(parse =>
            parse.GetValue(file) is { } connection
                ? throw new FileNotFoundException($"no connection file {connection.FullName}")
                : ErrorReporter.Report(
                    "what about the kernel? install, uninstall or a connection file (see ./workbook kernel --help)",
                    ExitCode.BadInput
                )
        );
        return command.WithExample("./workbook kernel install");
    }

    /// <summary>Serves a front end until it says that it is over.</summary>
    public static int Serve(string connectionFile)
    {
        try
        {
            // A message that the process before this one took is not taken again.
            string left = connectionFile + ".seen";
            SeenMessages seen = SeenMessages.TakeOver(left);
            var server = new KernelServer(ConnectionFile.Read(connectionFile), Environment.CurrentDirectory, seen);
            KernelEnd end = server.Run();
            NetMQConfig.Cleanup(block: end != KernelEnd.Running);
            if (end == KernelEnd.Restart)
            {
                seen.Leave(left);
                FreshStart.Now();
            }
            return 0;
        }
        catch (Exception exception)
        {
            return ErrorReporter.Report(exception);
        }
    }
}
