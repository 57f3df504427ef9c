using System.CommandLine;
using Workbook.Terminal;
using Workbook.Verbs;

// The verbs in the order of the help; one line each.
return await CommandLine.Run(
    args,
    [
        ScriptVerbs.CreateSetup(),
        ScriptVerbs.CreateTest(),
        RunVerb.Create(),
        TableVerb.Create(),
        EvaluateVerb.Create(),
        AggregatorVerb.Create(),
        ClientsVerb.Create(),
        DataVerb.Create(),
        BenchVerb.Create(),
        KernelVerb.Create(),
    ]);
