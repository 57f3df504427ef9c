using TorchSharp; using RobustInference.Clients; using RobustInference.Training;
var a = args; var recipe = new ClientRecipe("cifar10", double.Parse(a[1]), 17, long.Parse(a[2]), int.Parse(a[3]), int.Parse(a[4]), LearningRate: double.Parse(a[6]), WeightDecay: double.Parse(a[7]));
var (train, test) = CifarReader.Read("cifar10", a[0]);
var t = new ClientTraining(recipe, train, test, a[5] + ".clients");
using var archive = t.Run(2, new P(), default);
archive.Write(a[5]);
Console.WriteLine(string.Join(" ", t.Accuracies().Select(x => x.ToString("P1"))));
Console.WriteLine("mean " + archive.Test.Probits.mean([1L]).argmax(1).eq(archive.Test.Labels).sum().ToInt64() / 10000.0);
class P : IProgress<ClientProgress> { public void Report(ClientProgress p) { if (!double.IsNaN(p.Loss) || p.Accuracy != null) Console.WriteLine($"{DateTime.Now:T} {p}"); } }
