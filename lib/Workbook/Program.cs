using System.CommandLine;
using Workbook.Notebooks.Execution;
using Workbook.Terminal;
using Workbook.Verbs;

// A kernel answers signals itself: a front end's Ctrl-C stops a cell and not the program.
if (args is ["kernel", var file] && File.Exists(file))
    return KernelVerb.Serve(file);

// The process of one notebook, which `run` starts.
if (args is [NotebookWorker.Verb, var pipe])
    return NotebookWorker.Serve(pipe);

// The verbs in the order of the help; one line each.
return await CommandLine.Run(
    args,
    [
        ScriptVerbs.CreateSetup(),
        ScriptVerbs.CreateTest(),
        RunVerb.Create(),
        TableVerb.Create(),
        FigureVerb.Create(),
        SweepVerb.Create(),
        EvaluateVerb.Create(),
        CertifyVerb.Create(),
        AggregatorVerb.Create(),
        ClientsVerb.Create(),
        DataVerb.Create(),
        BenchVerb.Create(),
        KernelVerb.Create(),
    ]
);
