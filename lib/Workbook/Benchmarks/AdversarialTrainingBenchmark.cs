using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Workbook.Benchmarks;

/// <summary>Samples a second of processor time, by Algorithm 1 (n = 17, f = 4, batch 256, 50 steps): the
/// plain way encodes all n rows and back-propagates into the weights at every step.</summary>
public static class AdversarialTrainingBenchmark
{
    const int Passes = 10,
        Batch = 256,
        Corrupted = 4,
        Rounds = 5;

    public static IReadOnlyList<BenchmarkRow> Run(ProbitSet embedded)
    {
        TorchThreads.One();
        using var synthetic = SyntheticProbits.Draw(3000, 17, 100, seed: 0);
        return [.. Compare("K=10", embedded, hidden: 128), .. Compare("K=100", synthetic, hidden: 224)];
    }

    static IEnumerable<BenchmarkRow> Compare(string name, ProbitSet validation, int hidden)
    {
        var recipe = new DeepSetRecipe(Corrupted, Hidden: hidden, Passes: Passes, BatchSize: Batch);
        using var network = new DeepSetNetwork(validation.Classes, hidden, 0);
        using var optimizer = optim.Adam(network.parameters(), recipe.LearningRate);
        using var training = new AdversarialTraining.Batches(validation, recipe);
        for (int pass = 0; pass < Passes; pass++)
            training.Pass(network, optimizer, pass);

        using var batch = new Case(validation, recipe, network, training);
        double[] seconds = InterleavedTimer.ProcessorSeconds(
            Rounds,
            batch.Plain,
            () => batch.Ours(leaveEarly: true),
            () => batch.Ours(leaveEarly: false)
        );
        double agreement = batch.Agreement();
        yield return new($"{name} plain", Batch / seconds[0], "samples/s");
        yield return new($"{name} ours", Batch / seconds[1], "samples/s");
        yield return new($"{name} ratio", seconds[0] / seconds[1], "x");
        yield return new($"{name} ratio, every sample stays", seconds[0] / seconds[2], "x");
        yield return new($"{name} crafted rows within 1e-3", 100 * agreement, "%");
    }

    /// <summary>One batch with its corrupted sets and starting points, the same for every side.</summary>
    sealed class Case : IDisposable
    {
        readonly DeepSetNetwork network;
        readonly Tensor answers,
            labels,
            places,
            start;
        readonly int[][] corrupted;

        readonly AdversarialTraining.Batches training;

        public Case(
            ProbitSet validation,
            DeepSetRecipe recipe,
            DeepSetNetwork network,
            AdversarialTraining.Batches training
        )
        {
            (this.network, this.training) = (network, training);
            var random = RandomStream.Managed(0, "bench-training");
            var order = Enumerable.Range(0, validation.Samples).Select(s => (long)s).ToArray();
            random.ShuffleInplace<long>(order);
            using var index = tensor(order[..Batch]);
            (answers, labels) = (validation.Probits.index_select(0, index), validation.Labels.index_select(0, index));
            var subsets = new CorruptedSubsets(validation.Clients, recipe.Corrupted);
            corrupted = [.. Enumerable.Range(0, Batch).Select(_ => subsets.Draw(random))];
            places = tensor(
                corrupted
                    .SelectMany((positions, s) => positions.Select(p => (long)s * validation.Clients + p))
                    .ToArray()
            );
            using var generator = RandomStream.Torch(0, "bench-training");
            start = rand([places.shape[0], validation.Classes], generator: generator);
        }

        public void Plain()
        {
            using var scope = NewDisposeScope();
            using var copy = network.Copy();
            using var optimizer = optim.Adam(copy.parameters(), 1e-3);
            var rows = PlainRows(copy, toWeights: true);
            optimizer.zero_grad();
            var all = answers.view(-1, answers.shape[2]).index_copy(0, places, rows).view(answers.shape);
            nn.functional.cross_entropy(PlainRules.DeepSet(copy, all), labels).backward();
            optimizer.step();
        }

        public void Ours(bool leaveEarly)
        {
            using var scope = NewDisposeScope();
            using var copy = network.Copy();
            using var optimizer = optim.Adam(copy.parameters(), 1e-3);
            var rows = OurRows(copy, leaveEarly);
            training.Step(
                copy,
                optimizer,
                answers.view(-1, answers.shape[2]).index_copy(0, places, rows).view(answers.shape),
                labels
            );
        }

        /// <summary>The share of crafted rows that agree within 1e-3 in every entry.</summary>
        public double Agreement()
        {
            using var scope = NewDisposeScope();
            return (PlainRows(network, toWeights: false) - OurRows(network, leaveEarly: true))
                .abs()
                .amax([1L])
                .le(1e-3)
                .to(ScalarType.Float64)
                .mean()
                .item<double>();
        }

        public void Dispose()
        {
            foreach (var tensor in new[] { answers, labels, places, start })
                tensor.Dispose();
        }

        Tensor PlainRows(DeepSetNetwork own, bool toWeights) =>
            new PlainAscent(toWeights: toWeights).Ascend(
                all => PlainRules.DeepSet(own, all),
                ScoreScale.Logits,
                answers,
                labels,
                places,
                start
            );

        Tensor OurRows(DeepSetNetwork own, bool leaveEarly)
        {
            var rule = new DeepSet(own);
            using var given = rule.GivenEach(answers, corrupted);
            return new ProjectedGradient(leaveEarly: leaveEarly).Ascend(
                given,
                new CarliniWagner(rule.Scale),
                labels,
                start,
                given.Offsets
            );
        }
    }
}
