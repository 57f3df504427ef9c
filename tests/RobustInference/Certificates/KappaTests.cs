using CsCheck;
using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Numerics;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Certificates;

/// <summary>Definition 1: ‖RobAvg(v) − v̄_S‖² never exceeds κ/|S| · Σ_{i∈S} ‖v_i − v̄_S‖², for any S of n−f
/// rows.</summary>
public class KappaTests
{
    /// <summary>A robust average in plain double precision, and its κ.</summary>
    sealed record Rule(Func<double[][], int, double[]> Average, Func<int, int, double> Kappa);

    static readonly Dictionary<string, Rule> Rules = new()
    {
        ["CWTM"] = new((rows, f) => Coordinates(rows, column => column[f..^f].Average()), Kappa.TrimmedMean),
        ["CWMed"] = new(
            (rows, _) => Coordinates(rows, column => (column[(column.Length - 1) / 2] + column[column.Length / 2]) / 2),
            Kappa.Median
        ),
        ["CWMed, lower"] = new((rows, _) => Coordinates(rows, column => column[(column.Length - 1) / 2]), Kappa.Median),
        ["Krum"] = new(Krum, KrumKappa),
        ["NNM + CWTM"] = new(
            (rows, f) => Coordinates(Mixed(rows, f), column => column[f..^f].Average()),
            (n, f) => 8.0 * f / (n - f) * (Kappa.TrimmedMean(n, f) + 1)
        ),
        ["NNM + Krum"] = new((rows, f) => Krum(Mixed(rows, f), f), (n, f) => 8.0 * f / (n - f) * (KrumKappa(n, f) + 1)),
        ["GM, converged"] = new((rows, _) => Converged(rows), Kappa.GeometricMedian),
    };

    static double KrumKappa(int n, int f)
    {
        using var rule = new global::RobustInference.Aggregators.Krum(f);
        return rule.Kappa(n, f) ?? double.PositiveInfinity;
    }

    static double[] Krum(double[][] rows, int f)
    {
        double Sum(double[] row) =>
            rows.Select(other => Squared(row, other)).Order().Take(Math.Max(0, rows.Length - f - 2) + 1).Sum();
        return rows.MinBy(Sum)!;
    }

    static double[][] Mixed(double[][] rows, int f) =>
        [
            .. rows.Select(row =>
            {
                var near = rows.OrderBy(other => Squared(row, other)).Take(rows.Length - f).ToArray();
                return row.Select((_, k) => near.Average(other => other[k])).ToArray();
            }),
        ];

    static double Squared(double[] a, double[] b) => a.Zip(b, (x, y) => (x - y) * (x - y)).Sum();

    public static TheoryData<string> Names => [.. Rules.Keys];

    static double[] Coordinates(double[][] rows, Func<double[], double> summary) =>
        [.. Enumerable.Range(0, rows[0].Length).Select(k => summary([.. rows.Select(row => row[k]).Order()]))];

    static double Distance(double[] a, double[] b) =>
        Math.Sqrt(a.Zip(b).Sum(pair => (pair.First - pair.Second) * (pair.First - pair.Second)));

    static double[] Mean(IEnumerable<double[]> rows) => Coordinates([.. rows], column => column.Average());

    /// <summary>The geometric median: Weiszfeld without smoothing until it stands still, and every row tried, since it
    /// may be one of them.</summary>
    static double[] Converged(double[][] rows)
    {
        double Sum(double[] at) => rows.Sum(row => Distance(row, at));
        double[] z = Mean(rows),
            best = rows.MinBy(Sum)!;
        for (int i = 0; i < 5000; i++)
        {
            double[] weights = [.. rows.Select(row => 1 / Math.Max(Distance(row, z), 1e-300))];
            double total = weights.Sum();
            double[] next =
            [
                .. Enumerable
                    .Range(0, z.Length)
                    .Select(k => rows.Zip(weights).Sum(pair => pair.First[k] * pair.Second) / total),
            ];
            double moved = Distance(next, z);
            z = next;
            if (moved < 1e-13)
                break;
        }
        return Sum(best) <= Sum(z) ? best : z;
    }

    /// <summary>The largest ratio of both sides of the definition over all S.</summary>
    static double Ratio(double[][] rows, int corrupted, double[] average) =>
        Ensembles
            .Sets(rows.Length, rows.Length - corrupted)
            .Max(set =>
            {
                double[][] honest = [.. set.Select(i => rows[i])];
                double[] mean = Mean(honest);
                double spread = honest.Sum(row => Math.Pow(Distance(row, mean), 2)) / honest.Length,
                    off = Math.Pow(Distance(average, mean), 2);
                return off <= 1e-18 ? 0 : off / spread;
            });

    static void Holds(string name, double[][] rows, int corrupted)
    {
        var rule = Rules[name];
        double kappa = rule.Kappa(rows.Length, corrupted),
            ratio = Ratio(rows, corrupted, rule.Average(rows, corrupted));
        Assert.True(ratio <= kappa * (1 + 1e-9), $"{name}, n = {rows.Length}, f = {corrupted}: {ratio} > {kappa}");
    }

    [Theory, MemberData(nameof(Names))]
    public void The_ratio_never_exceeds_kappa_on_random_rows(string name) =>
        Gen.Select(Gen.Int[3, 9], Gen.Int[1, 4], Gen.Int[0, 4], Gen.Int[0, 3], Gen.Long[0, 1 << 30])
            .Sample(
                (n, d, f, kind, seed) =>
                {
                    var random = RandomStream.Managed(seed, "test-kappa");
                    // Even, with long tails, with many equal values, and probabilities.
                    double Draw() =>
                        kind switch
                        {
                            0 => random.NextDouble(),
                            1 => Math.Tan(3 * (random.NextDouble() - 0.5)),
                            2 => random.Next(3),
                            _ => -Math.Log(1 - random.NextDouble()),
                        };
                    double[][] rows =
                    [
                        .. Enumerable.Range(0, n).Select(_ => Enumerable.Range(0, d).Select(_ => Draw()).ToArray()),
                    ];
                    if (kind == 3)
                        rows = [.. rows.Select(row => row.Select(x => x / row.Sum()).ToArray())];
                    Holds(name, rows, Math.Min(f, (n - 1) / 2));
                },
                iter: 200
            );

    // Two camps, the classical hard case, with f of one far off; then whatever single change makes the ratio larger is
    // kept.
    [Theory, MemberData(nameof(Names))]
    public void Nor_on_rows_that_are_made_to_break_it(string name) =>
        Gen.Select(Gen.Int[3, 8], Gen.Int[1, 2], Gen.Int[1, 3], Gen.Long[0, 1 << 30])
            .Sample(
                (n, d, f, seed) =>
                {
                    f = Math.Min(f, (n - 1) / 2);
                    var random = RandomStream.Managed(seed, "test-kappa");
                    int camp = random.Next(1, n);
                    double[][] rows =
                    [
                        .. Enumerable
                            .Range(0, n)
                            .Select(i =>
                                Enumerable
                                    .Range(0, d)
                                    .Select(_ => (i < camp ? 1 : 0) + 1e-3 * random.NextDouble())
                                    .ToArray()
                            ),
                    ];
                    double worst = Ratio(rows, f, Rules[name].Average(rows, f));
                    for (int step = 0; step < 40; step++)
                    {
                        double[][] changed = [.. rows.Select(row => row.ToArray())];
                        changed[random.Next(n)][random.Next(d)] = random.Next(3) switch
                        {
                            0 => rows[random.Next(n)][random.Next(d)],
                            1 => 2 * random.NextDouble() - 0.5,
                            _ => 100 * (random.NextDouble() - 0.5),
                        };
                        double ratio = Ratio(changed, f, Rules[name].Average(changed, f));
                        if (ratio >= worst)
                            (worst, rows) = (ratio, changed);
                    }
                    Holds(name, rows, f);
                },
                iter: 40
            );

    // With f zeros and n−f ones, S may hold all the ones and f of them be liars: 1-D, no rule can tell.
    [Fact]
    public void No_rule_is_below_the_lower_bound()
    {
        double[][] rows =
        [
            [0],
            [0],
            [1],
            [1],
            [1],
            [1],
            [1],
        ];
        foreach (var rule in Rules.Values)
            Assert.True(Ratio(rows, 2, rule.Average(rows, 2)) >= Kappa.LowerBound(7, 2) - 1e-12);
    }

    // n = 17, f = 8: nine rows of S in two places and eight far away drag twenty smoothed iterations past the κ of the
    // converged median.
    [Fact]
    public void Twenty_smoothed_iterations_exceed_the_kappa_of_the_converged_median()
    {
        const int Clients = 17,
            Liars = 8;
        double worst = 0,
            converged = 0;
        foreach (double far in new[] { 10.0, 30, 100, 300, 1000 })
        foreach (double apart in new[] { 0.0, 1e-3, 1e-2, 0.1 })
        {
            double[][] rows =
            [
                .. Enumerable
                    .Range(0, Clients)
                    .Select(i => i < Liars ? new[] { far, 0.0 } : [0.0, i % 2 == 0 ? 1 + apart : -1]),
            ];
            using var scope = NewDisposeScope();
            var stopped = GeometricMedian
                .InTorch(tensor(rows.SelectMany(row => row).ToArray(), [1, Clients, 2]))
                .squeeze(0)
                .data<double>()
                .ToArray();
            double[][] honest = rows[Liars..];
            double[] mean = Mean(honest);
            double spread = honest.Sum(row => Math.Pow(Distance(row, mean), 2)) / honest.Length;
            worst = Math.Max(worst, Math.Pow(Distance(stopped, mean), 2) / spread);
            converged = Math.Max(converged, Math.Pow(Distance(Converged(rows), mean), 2) / spread);
        }
        double kappa = Kappa.GeometricMedian(Clients, Liars);
        Assert.Equal(324, kappa, 1e-9);
        Assert.True(worst > kappa, $"{worst}");
        Assert.True(converged <= kappa, $"{converged}");
    }

    [Fact]
    public void Only_rules_that_have_one_carry_a_kappa()
    {
        double? Of(string name, int trim, int f) => EveryRule.Named(name).Create(4, trim).Kappa(9, f);
        Assert.Equal(Kappa.TrimmedMean(9, 2), Of("CWTM", 2, 2));
        Assert.Equal(Kappa.Median(9, 2), Of("CWMed", 0, 2));
        Assert.Equal(0, Of("Mean", 0, 0));
        Assert.All(
            [
                Of("CWTM", 1, 2),
                Of("CWTM", 3, 2),
                Of("Mean", 0, 1),
                Of("GM", 0, 1),
                Of("DeepSet-TM", 1, 1),
                Of("Plurality vote", 0, 1),
            ],
            kappa => Assert.Null(kappa)
        );
    }

    // n = 17, f = 4: 6·4/9·(1 + 4/9) and 4·(13/9)².
    [Fact]
    public void By_hand()
    {
        Assert.Equal(24.0 / 9 * 13 / 9, Kappa.TrimmedMean(17, 4), 1e-12);
        Assert.Equal(4.0 * 169 / 81, Kappa.Median(17, 4), 1e-12);
        Assert.Equal(6.0 * 13 / 9, Kappa.Krum(17, 4), 1e-12);
        Assert.Equal(4.0 / 9, Kappa.LowerBound(17, 4), 1e-12);
        Assert.Throws<ArgumentException>(() => Kappa.Median(8, 4));
    }
}
