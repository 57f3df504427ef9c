#:project ../lib/RobustInference/RobustInference.csproj
// An aggregator of your own: the mean of the middle third. `dotnet run samples/own-aggregator.cs` compares it with the
// trimmed mean, and `./workbook certify FILE.npz --corrupted 4 --plugin samples/own-aggregator.cs` puts it into every
// table.
using RobustInference;
using RobustInference.Aggregators;
using RobustInference.Catalogue;
using RobustInference.Certificates;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;

RuleCatalog.Register("Middle-third mean", (clients, corrupted) => new MiddleThirdMean());

string file = args is [var given, ..] ? given : "data/probits/cifar10-a0.5-s0.npz";
using var ensemble = Ensemble.Read(file);
var threat = ThreatModel.Draw(ensemble.Clients, corrupted: 4, seed: 0);
foreach (string id in new[] { RuleId.CoordinateWiseTrimmedMean, "Middle-third mean" })
{
    using var rule = ensemble.Rule(id, threat.Count);
    double certified = 100 * ensemble.Certify(rule, threat).Fixed!.Value;
    var answer = rule.Predict(ensemble.Answers)[0];
    Console.WriteLine($"{rule.Name}: certified {certified:F1} % against a fixed set of {threat.Count} clients");
    Console.WriteLine($"  first answer: class {answer.Class}, certified radius {answer.Radius}");
}

/// <summary>Per class, the mean of the middle third of the clients' values.</summary>
public sealed class MiddleThirdMean : Aggregator, IRangeMean
{
    public override string Name => "Middle-third mean";

    public override bool IsMonotone => true;

    /// <summary>The values that are averaged, in ascending order.</summary>
    public (int From, int To) Kept(int clients) => (clients / 3, clients - clients / 3);

    public override torch.Tensor Scores(torch.Tensor answers)
    {
        CheckAnswers(answers);
        var (from, to) = Kept((int)answers.shape[1]);
        return OrderStatistics.RangeMean(answers, from, to);
    }

    // A mean of order statistics has an exact worst case: the guarantee comes with the rule.
    public override ICertificate Certificate(Adversary adversary) => new RangeMeanWorstCase(this);
}
