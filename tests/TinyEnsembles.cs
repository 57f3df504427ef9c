using RobustInference.Catalogue;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Running;
using RobustInference.Training;

namespace Tests;

/// <summary>A folder of made-up ensembles, small enough that every rule is trained in a moment, with a store of its own
/// beside it.</summary>
sealed class TinyEnsembles : IDisposable
{
    public const string Dataset = "tiny";
    public const int Clients = 5,
        Samples = 37;

    readonly TemporaryFolder folder = new();

    /// <param name="seeds">One ensemble each.</param>
    public TinyEnsembles(int seeds = 2)
    {
        for (int seed = 0; seed < seeds; seed++)
            Write(seed);
    }

    public string Ensembles => folder.File("ensembles");

    public string Store => folder.File("store");

    public string Rules => folder.File("rules");

    /// <summary>What the store said of files that are no results.</summary>
    public List<string> Remarks { get; } = [];

    /// <summary>A small DeepSet: f and the seed follow the ensemble.</summary>
    public static DeepSetRecipe Recipe { get; } = new(0, Hidden: 4, Passes: 2, Steps: 2);

    public ResultStore NewStore() =>
        new(
            Store,
            remark: line =>
            {
                lock (Remarks)
                    Remarks.Add(line);
            }
        );

    public CellRunner NewRunner(ResultStore? store = null) =>
        new(store ?? NewStore(), new EnsembleSource([Ensembles], folder.Path, folder.File("trained")), Rules);

    public string File(string name) => folder.File(name);

    public static Experiment Grid(params long[] seeds) =>
        new(
            "tiny",
            "Tiny",
            [new EnsembleRange(Dataset, 0.5, Clients, [1], seeds)],
            ["Mean", "CWTM", new AggregatorSetting("DeepSet-TM", Recipe)],
            [AttackId.Clean, "SIA", "CPA", new AttackSetting("PGD-cw", new ProjectedGradientSettings(5))]
        );

    public void Write(
        int seed,
        string dataset = Dataset,
        double alpha = 0.5,
        int clients = Clients,
        string? model = null
    )
    {
        var random = new Random(seed + 1);
        using var archive = new ProbitArchive(Draw(20), Draw(Samples));
        archive.Write(
            Path.Combine(Ensembles, new EnsembleId(dataset, alpha, clients, seed, Model: model).Name + ".npz")
        );

        ProbitSet Draw(int samples)
        {
            long[] labels = [.. Enumerable.Range(0, samples).Select(s => (long)(s % 3))];
            float[] logits =
            [
                .. Enumerable
                    .Range(0, samples * clients * 3)
                    .Select(i => (i % 3 == labels[i / 3 / clients] ? 1.5f : 0) + 2 * random.NextSingle()),
            ];
            return ProbitSet.FromLogits("tiny", logits, [samples, clients, 3], labels);
        }
    }

    public void Dispose() => folder.Dispose();
}
