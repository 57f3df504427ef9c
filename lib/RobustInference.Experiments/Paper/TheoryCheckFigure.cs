using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Reporting;
using RobustInference.Results;
using RobustInference.Running;

namespace RobustInference.Paper;

/// <summary>Figure 3 of the paper: Theorem 1's bound against the exact robustness gap of CWTM, for the three
/// α.</summary>
/// <param name="Dataset">Name of the data set.</param>
/// <param name="Seeds">Ensembles that each point is the mean of.</param>
/// <param name="Curves">Per α, a point for each f.</param>
public sealed record TheoryCheckFigure(
    string Dataset,
    IReadOnlyList<long> Seeds,
    IReadOnlyList<(double Alpha, TheoryPoint[] Points)> Curves
)
{
    const int MostCorrupted = 6,
        Draws = 3;

    /// <summary>The paper's.</summary>
    public static IReadOnlyList<double> Alphas { get; } = [0.3, 0.5, 0.8];

    /// <summary>Measures all points on embedded ensembles.</summary>
    /// <param name="dataset">Name of the data set.</param>
    /// <param name="seeds">Which ensembles; there must be one for every α.</param>
    /// <param name="progress">Told a stage's name and how much is done.</param>
    /// <param name="cancel">Checked between points.</param>
    /// <exception cref="FileNotFoundException">An ensemble is not here.</exception>
    public static TheoryCheckFigure Run(
        string dataset,
        IReadOnlyList<long> seeds,
        Action<string, double>? progress = null,
        CancellationToken cancel = default
    )
    {
        int done = 0,
            all = Alphas.Count * seeds.Count * MostCorrupted;
        return new TheoryCheckFigure(
            dataset,
            seeds,
            [
                .. Alphas.Select(alpha =>
                {
                    var perSeed = seeds.Select(seed => Points(alpha, seed)).ToArray();
                    return (
                        alpha,
                        Enumerable
                            .Range(0, MostCorrupted)
                            .Select(i => new TheoryPoint(
                                i + 1,
                                0,
                                Mean(i, p => p.Spread),
                                Mean(i, p => p.Margin),
                                Mean(i, p => p.Bound),
                                Mean(i, p => p.Gap)
                            ))
                            .ToArray()
                    );

                    double Mean(int i, Func<TheoryPoint, double> value) => perSeed.Average(points => value(points[i]));
                }),
            ]
        );

        TheoryPoint[] Points(double alpha, long seed)
        {
            string path = WorkbookFolder.Probits(dataset, alpha, seed);
            if (!File.Exists(path))
                throw new FileNotFoundException(
                    FormattableString.Invariant(
                        $"no ensemble of {dataset} with α = {alpha} and seed {seed} is here: looked for {path}"
                    )
                );
            using var archive = ProbitArchive.Read(path);
            return
            [
                .. Enumerable
                    .Range(1, MostCorrupted)
                    .Select(f =>
                    {
                        LongWork.ThrowIfCancelled(cancel);
                        progress?.Invoke(FormattableString.Invariant($"α = {alpha}, f = {f}"), (double)done++ / all);
                        return TheoryCheck.Measure(archive.Test, f, draws: Draws);
                    }),
            ];
        }
    }

    /// <summary>A panel for each α.</summary>
    public Figure ToFigure(string title) =>
        new(
            title,
            [
                .. Curves.Select(curve => new Panel(
                    "Corrupted clients f",
                    new Axis("Share of samples (%)") { Min = 0, Max = 105 },
                    Line(curve.Points, "Theorem 1's bound", point => point.Bound) with
                    {
                        IsDashed = true,
                    },
                    Line(curve.Points, "measured gap (exact)", point => point.Gap)
                )
                {
                    Title = FormattableString.Invariant($"α = {curve.Alpha}"),
                }),
            ]
        );

    /// <summary>A row for each α and f.</summary>
    public Table ToTable(string title) =>
        new(
            title,
            [
                Column.OfNumbers("α"),
                Column.OfNumbers("f"),
                Column.OfNumbers("σₓ"),
                Column.OfNumbers("Margin"),
                Column.OfNumbers("Bound"),
                Column.OfNumbers("Gap"),
            ],
            [
                .. Curves.SelectMany(curve =>
                    curve.Points.Select(point =>
                        (IReadOnlyList<Cell>)
                            [
                                Cell.Of(curve.Alpha),
                                Cell.Of(point.Corrupted),
                                Cell.Of(point.Spread, "0.000"),
                                Cell.Of(point.Margin, "0.000"),
                                Cell.OfPercent(point.Bound),
                                Cell.OfPercent(point.Gap),
                            ]
                    )
                ),
            ],
            [
                "Bound and gap in % of samples; the gap is exact for a given set of f clients, the mean "
                    + $"of {Draws} draws.",
            ]
        );

    static LineSeries Line(TheoryPoint[] points, string name, Func<TheoryPoint, double> share) =>
        new(
            name,
            [.. points.Select(point => (double)point.Corrupted)],
            [.. points.Select(point => 100 * share(point))]
        );
}
