#:project ../lib/RobustInference/RobustInference.csproj
// An attack of your own: every corrupted client votes for the runner-up of the plain mean. `dotnet run
// samples/own-attack.cs` runs it; with `--plugin samples/own-attack.cs` it stands in every table of the workbook and
// takes part in the strong suite.
using RobustInference;
using RobustInference.Attacks;
using RobustInference.Catalogue;
using RobustInference.Evaluation;
using RobustInference.Probits;
using TorchSharp;

AttackCatalog.Register(new RunnerUp());

string file = args is [var given, ..] ? given : "data/probits/cifar10-a0.5-s0.npz";
using var ensemble = Ensemble.Read(file);
var threat = ThreatModel.Draw(ensemble.Clients, corrupted: 4, seed: 0);
foreach (string id in new[] { RuleId.Mean, RuleId.CoordinateWiseTrimmedMean })
{
    using var rule = ensemble.Rule(id, threat.Count);
    var report = ensemble.Evaluate(rule, threat);
    double own = 100 * RobustnessReport.Accuracy(report.Excluded.Single(entry => entry.Attack == "Runner-up").Right);
    Console.WriteLine(
        $"{rule.Name}: {own:F1} % under Runner-up, {100 * report.WorstCase:F1} % under the paper's worst"
    );
}

/// <summary>All corrupted clients send one-hot rows of the class that is second in the mean of all answers.</summary>
public sealed class RunnerUp : IAttack
{
    public string Name => "Runner-up";

    public AttackAccess Access => AttackAccess.WhiteBox;

    public string Sends => "one-hot of the class that is second in the mean";

    public torch.Tensor Corrupt(AttackQuery query)
    {
        using var scope = torch.NewDisposeScope();
        var second = query.Answers.Probits.mean([1L]).topk(2, dim: 1).indexes.select(1, 1);
        var rows = torch.nn.functional.one_hot(second, query.Classes).to(torch.ScalarType.Float32);
        return query.AsInput(rows.unsqueeze(1).expand(-1, query.Corrupted, -1).contiguous()).MoveToOuterDisposeScope();
    }
}
