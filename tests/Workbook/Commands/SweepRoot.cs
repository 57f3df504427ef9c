using RobustInference.Probits;
using RobustInference.Results;

namespace Tests.Workbook.Commands;

/// <summary>A workbook folder of its own, with small ensembles cut from an embedded one and a grid over them.</summary>
sealed class SweepRoot : IDisposable
{
    readonly TemporaryFolder folder = new();

    /// <param name="seeds">Ensembles, a group each.</param>
    /// <param name="draws">Sets of corrupted clients on each.</param>
    public SweepRoot(int seeds = 2, int draws = 4)
    {
        using var whole = ProbitArchive.Read(WorkbookFolder.Probits("cifar10", 0.5, 0));
        for (int seed = 0; seed < seeds; seed++)
        {
            using var part = whole.Subset(validation: 60, test: 80, seed);
            part.Write(System.IO.Path.Combine(folder.Path, "data", "probits", $"small-a0.5-s{seed}.npz"));
        }
        Write(
            $$$"""
            {
              "id": "small", "title": "Small", "draws": [{{{string.Join(", ", Enumerable.Range(0, draws))}}}],
              "ensembles": [{"dataset": "small", "alpha": 0.5, "clients": 17, "corrupted": [4],
                "seeds": [{{{string.Join(
                ", ",
                Enumerable.Range(0, seeds)
            )}}}] }],
              "aggregators": ["Mean", "CWMed", "CWTM",
                {"name": "DeepSet-TM", "settings": {"hidden": 8, "passes": 3, "steps": 5}}],
              "attacks": ["Clean", "Logit flipping", "LMA", "CPA", "SIA", {"name": "PGD-cw", "settings": {"steps": 10}}]
            }
            """
        );
        Cells = seeds * draws * 4 * 6;
    }

    /// <summary>How many cells the grid has.</summary>
    public int Cells { get; }

    public string Path => folder.Path;

    public string Grid => folder.File("grid.json");

    public string Results => System.IO.Path.Combine(folder.Path, "artifacts", "results");

    public (string, string)[] Environment => [("WORKBOOK_ROOT", folder.Path), ("OMP_NUM_THREADS", "1")];

    public int Recorded => Directory.Exists(Results) ? Directory.EnumerateFiles(Results, "*.json").Count() : 0;

    public void Write(string grid) => File.WriteAllText(Grid, grid);

    public WorkbookProcess Start(params string[] arguments) =>
        WorkbookProcess.Start(Environment, ["sweep", .. arguments]);

    public WorkbookProcess.Result Run(params string[] arguments) =>
        WorkbookProcess.Run(Environment, ["sweep", .. arguments]);

    /// <summary>Everything that is recorded of the grid, as bytes that two sweeps must have in common.</summary>
    public byte[] Collected()
    {
        string file = folder.File($"{Guid.NewGuid():N}.csv");
        var result = Run("collect", Grid, "--out", file);
        Assert.Equal((0, "", $"{file}: {Cells:N0} rows\n"), (result.ExitCode, result.Error, result.Output));
        return File.ReadAllBytes(file);
    }

    /// <summary>Nothing but sound results, one for each cell, is in the store.</summary>
    public void IsWhole()
    {
        var remarks = new List<string>();
        Assert.Equal(Cells, new ResultStore(Results, remark: remarks.Add).All().Count);
        Assert.Empty(remarks);
        Assert.Empty(Directory.EnumerateFiles(Results, "*.tmp"));
    }

    public void Dispose() => folder.Dispose();
}
