using System.CommandLine;
using RobustInference.Files;
using Workbook.Commands;
using Workbook.Notebooks.Execution;
using Workbook.Terminal;

// A kernel answers signals itself: a front end's Ctrl-C stops a cell and not the program.
if (args is ["kernel", var file] && File.Exists(file))
    return KernelCommand.Serve(file);

// The process of one notebook, which `run` starts.
if (args is [NotebookWorker.Command, var pipe])
{
    TorchLibraries.LoadNamed();
    return NotebookWorker.Serve(pipe);
}

return await Verbs(args);

// The verbs in the order of the help; one line each. A method of its own: a kernel's start does not load them.
static Task<int> Verbs(string[] args) =>
    CommandLine.Run(
        args,
        [
            ScriptCommands.CreateSetup(),
            ScriptCommands.CreateTest(),
            PublishCommand.Create(),
            RunCommand.Create(),
            TableCommand.Create(),
            FigureCommand.Create(),
            SweepCommand.Create(),
            ResultsCommand.Create(),
            InspectCommand.Create(),
            ReportCommand.Create(),
            EvaluateCommand.Create(),
            CertifyCommand.Create(),
            AggregatorCommand.Create(),
            ClientsCommand.Create(),
            DataCommand.Create(),
            BenchCommand.Create(),
            KernelCommand.Create(),
        ]
    );
