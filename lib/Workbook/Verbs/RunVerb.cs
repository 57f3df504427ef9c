using System.CommandLine;
using RobustInference.Experiments;
using Workbook.Terminal;

namespace Workbook.Verbs;

/// <summary><c>./workbook run</c>: until the notebooks are there, the CIFAR-10 block of Table 2.</summary>
public static class RunVerb
{
    public static Command Create()
    {
        var command = new Command("run", "Print the CIFAR-10 block of Table 2 from the embedded probits, DeepSet-TM trained on the spot.");
        command.SetAction((_, cancel) => Task.Run(() => TableVerb.Print("2", "cifar10", 0.5, TableTwo.EmbeddedSeeds("cifar10", 0.5), json: false, cancel), CancellationToken.None));
        return command.WithExample("./workbook run");
    }
}
