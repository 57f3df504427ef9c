using RobustInference.Reporting;

namespace Tests.RobustInference.Reporting;

/// <summary>One figure of each kind, made of plain numbers.</summary>
static class Gallery
{
    static readonly string[] Attacks =
    [
        "Clean",
        "Logit flipping",
        "SIA-bb",
        "LMA",
        "CPA",
        "SIA",
        "PGD-cw",
        "Worst case",
    ];

    public static Figure GroupedBars() =>
        Figure.Of(
            "Accuracy under attack, n = 17, f = 4",
            Axis.Of("attack", Attacks),
            new Axis("accuracy, %") { Min = 0, Max = 100 },
            [
                .. new[] { "Mean", "CWMed", "CWTM", "GM", "DeepSet-TM" }.Select(
                    (name, i) =>
                        new BarSeries(
                            name,
                            [.. Attacks.Select((_, a) => 70 - 6 * a + 3.5 * i)],
                            [.. Attacks.Select((_, a) => 1 + 0.3 * a)]
                        )
                ),
            ]
        );

    public static Figure Lines() =>
        new(
            "",
            new Panel(
                "corrupted clients f",
                "accuracy, %",
                new LineSeries("DeepSet-TM", [1, 2, 3, 4], [70, 68, 64, 60]).WithBand([1, 1.5, 2, 3]),
                new LineSeries("COPUR", [1, 2, 3, 4], [66, 60, double.NaN, 33]).WithBand([2, 2, 2, 4]),
                new LineSeries("bound", [1, 2, 3, 4], [60, 50, 40, 30]) { IsDashed = true, HasMarkers = false }
            )
            {
                References = [new Reference(10, "chance level"), new Reference(3.5, "f = n/5", IsVertical: true)],
                Annotations = [new Annotation(2, 55, "κ ≤ 6f/(n−2f)")],
            }
        );

    public static Figure LogarithmicLines() =>
        Figure.Of(
            "Robustness coefficient",
            "corrupted clients f",
            Axis.Logarithmic("κ (log scale)"),
            new LineSeries("CWTM", [1, 2, 3, 4, 5, 6, 7, 8], [0.43, 1.09, 2.1, 4, 7.5, 15, 40, 432]),
            new LineSeries("no rule below", [1, 2, 3, 4, 5, 6, 7, 8], [0.067, 0.15, 0.27, 0.44, 0.71, 1.2, 2.3, 8])
            {
                IsDashed = true,
                HasMarkers = false,
            }
        );

    public static Figure LogarithmicBoth() =>
        Figure.Of(
            "Bound against measured gap",
            Axis.Logarithmic("σ_x"),
            Axis.Logarithmic("robustness gap"),
            new PointSeries("α = 0.3", [0.01, 0.03, 0.2, 0.9, 2], [0.001, 0.02, 0.1, 0.5, 1])
        );

    public static Figure Scatter() =>
        Figure.Of(
            "Margin and disagreement",
            "σ_x (standard deviation over clients)",
            "margin of the mean",
            Cloud("answered rightly", 0.2, 0.5, 0),
            Cloud("answered wrongly", 0.35, 0.2, 1)
        );

    public static Figure Heatmap() =>
        Figure.Of(
            "Samples of each class at each client, α = 0.3",
            Axis.Of(
                "class",
                ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
            ),
            Axis.Of("client", [.. Enumerable.Range(0, 8).Select(c => $"{c}")]),
            new HeatmapSeries("samples", Matrix(8, 10)) { Format = "0" }
        );

    public static Figure LargeHeatmap() =>
        Figure.Of(
            "Corrupted rows",
            "class",
            "sample",
            new HeatmapSeries("probability", Matrix(60, 100)) { Min = 0, Max = 2000 }
        );

    public static Figure Histogram() =>
        new(
            "Margins",
            new Panel(
                "margin of the mean",
                "share of samples, %",
                new HistogramSeries("right", Sample(2000, 0.5)) { IsShare = true },
                new HistogramSeries("wrong", Sample(300, 0.2)) { IsShare = true }
            )
            {
                Bins = 25,
            }
        );

    public static Figure StackedBars() =>
        new(
            "Dirichlet partition, α = 0.5",
            new Panel(
                Axis.Of("client", [.. Enumerable.Range(0, 17).Select(c => $"{c}")]),
                "samples",
                [
                    .. Enumerable
                        .Range(0, 10)
                        .Select(k => new BarSeries(
                            $"class {k}",
                            [.. Enumerable.Range(0, 17).Select(c => (double)((c * 37 + k * 91) % 400))]
                        )),
                ]
            )
            {
                IsStacked = true,
            }
        );

    public static Figure SmallMultiples() =>
        new(
            "Accuracy as f grows",
            [
                .. new[] { 0.3, 0.5, 0.8 }.Select(alpha => new Panel(
                    new Axis("corrupted clients f") { Ticks = [1, 2, 3, 4] },
                    new Axis("accuracy, %") { Min = 0, Max = 100 },
                    new LineSeries("DeepSet-TM", [1, 2, 3, 4], [60 + 20 * alpha, 58, 55, 50]),
                    new LineSeries("COPUR", [1, 2, 3, 4], [50, 40, 30, 20 * alpha])
                )
                {
                    Title = $"α = {alpha}",
                }),
            ]
        );

    public static Figure NamedRows() =>
        new(
            "Which classes are lost",
            [
                .. new[] { "CWTM", "DeepSet-TM" }.Select(rule => new Panel(
                    "samples",
                    Axis.Of("class", ["airplane", "automobile", "bird"]),
                    new PointSeries("lost", [100, 2000, 300], [0, 1, 2])
                )
                {
                    Title = rule,
                }),
            ]
        );

    public static IEnumerable<(string Kind, Figure Figure)> All() =>
        [
            ("grouped bars", GroupedBars()),
            ("lines", Lines()),
            ("logarithmic lines", LogarithmicLines()),
            ("both logarithmic", LogarithmicBoth()),
            ("scatter", Scatter()),
            ("heatmap", Heatmap()),
            ("large heatmap", LargeHeatmap()),
            ("histogram", Histogram()),
            ("stacked bars", StackedBars()),
            ("small multiples", SmallMultiples()),
            ("named rows", NamedRows()),
        ];

    static PointSeries Cloud(string name, double x, double y, int phase) =>
        new(
            name,
            [.. Enumerable.Range(0, 120).Select(i => x + 0.1 * Math.Sin(i * 1.7 + phase))],
            [.. Enumerable.Range(0, 120).Select(i => y + 0.2 * Math.Cos(i * 2.9 + phase))]
        );

    static double[,] Matrix(int rows, int columns)
    {
        var values = new double[rows, columns];
        for (int r = 0; r < rows; r++)
        for (int c = 0; c < columns; c++)
            values[r, c] = (r * 53 + c * 117) % 1900;
        return values;
    }

    static double[] Sample(int count, double centre) =>
        [.. Enumerable.Range(0, count).Select(i => centre + 0.2 * Math.Sin(i * 12.9898) * Math.Cos(i * 78.233))];
}
