#:project ../lib/RobustInference/RobustInference.csproj
// An ensemble of your own: five models in memory that answer 500 queries over three classes. In your program the
// numbers come from your models; here each is right with a probability of its own. `dotnet run
// samples/own-ensemble.cs`.
using RobustInference;
using RobustInference.Catalogue;
using RobustInference.Probits;

const int Samples = 500,
    Models = 5,
    Classes = 3;
double[] skill = [0.9, 0.8, 0.85, 0.7, 0.6];
var random = new Random(1);
var labels = new long[Samples];
var answers = new float[Samples * Models * Classes];
for (int s = 0; s < Samples; s++)
{
    labels[s] = random.Next(Classes);
    for (int m = 0; m < Models; m++)
    {
        long chosen = random.NextDouble() < skill[m] ? labels[s] : random.Next(Classes);
        for (int k = 0; k < Classes; k++)
            answers[(s * Models + m) * Classes + k] = k == chosen ? 0.8f : 0.1f;
    }
}

using var ensemble = new Ensemble(ProbitSet.FromProbits("models", answers, [Samples, Models, Classes], labels));
var threat = ThreatModel.Draw(Models, corrupted: 1, seed: 0);
foreach (string id in new[] { RuleId.Mean, RuleId.CoordinateWiseTrimmedMean, RuleId.PluralityVote })
{
    using var rule = ensemble.Rule(id, threat.Count);
    var certified = ensemble.Certify(rule, threat);
    double worst = 100 * ensemble.Evaluate(rule, threat).WorstCase,
        sure = 100 * certified.Any!.Value;
    Console.WriteLine($"{rule.Name}: worst case {worst:F1} %, certified against any one of {Models}: {sure:F1} %");
}

// One new query, without a label.
using var vote = ensemble.Rule(RuleId.PluralityVote, corrupted: 1);
var answer = vote.Predict(
    new float[,]
    {
        { 0.8f, 0.1f, 0.1f },
        { 0.7f, 0.2f, 0.1f },
        { 0.6f, 0.3f, 0.1f },
        { 0.9f, 0.05f, 0.05f },
        { 0.1f, 0.8f, 0.1f },
    }
);
Console.WriteLine($"New query: class {answer.Class}; no {answer.Radius} corrupted clients can change it");
