using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Aggregators;

/// <summary>A rule and its definition in torch's plain operators, in double precision, written from the paper and not
/// from the library.</summary>
/// <param name="Name">In the names of tests.</param>
/// <param name="Create">The rule for K classes and a trim of t.</param>
/// <param name="Define">Its definition, [B, n, K] → [B, K], with the given gradient through a sort.</param>
/// <param name="IsNetwork">Whether matrix products make up its scores, which round differently for different batch
/// sizes.</param>
/// <param name="IsAverage">Whether what one client says is its own ensemble's scores.</param>
/// <param name="IsRightByChance">Whether a made-up ensemble's labels mean nothing to it: where it must be right to be
/// attacked, tests give it the labels that it answers.</param>
public sealed record RuleRow(
    string Name,
    Func<int, int, Aggregator> Create,
    Func<int, int, SortGradient, Func<Tensor, Tensor>> Define,
    bool IsNetwork = false,
    bool IsAverage = true,
    bool IsRightByChance = false
)
{
    public override string ToString() => Name;
}

/// <summary>Every aggregator, a row each: a new one is tested by adding its row.</summary>
public static class EveryRule
{
    /// <summary>n of the rules over logits, which know a client by its place.</summary>
    public const int Places = 7;

    public static IReadOnlyList<RuleRow> All { get; } =
    [
        new("Mean", (_, _) => new Mean(), (_, _, _) => z => z.mean([1L])),
        new(
            "CWMed",
            (_, _) => new CoordinateWiseMedian(),
            (_, _, gradient) => z => Range(z, ((int)z.shape[1] - 1) / 2, (int)z.shape[1] / 2 + 1, gradient)
        ),
        new(
            "CWMed, lower",
            (_, _) => new CoordinateWiseMedian(lower: true),
            (_, _, gradient) => z => Range(z, ((int)z.shape[1] - 1) / 2, ((int)z.shape[1] - 1) / 2 + 1, gradient)
        ),
        new(
            "CWTM",
            (_, t) => new CoordinateWiseTrimmedMean(t),
            (_, t, gradient) => z => Range(z, t, (int)z.shape[1] - t, gradient)
        ),
        new("GM", (_, _) => new GeometricMedian(), (_, _, _) => Median),
        new(
            "DeepSet",
            (k, _) => new DeepSet(Network(k)),
            (k, _, _) => z => Decode(k, Encode(k, z).mean([1L])),
            IsNetwork: true,
            IsAverage: false,
            IsRightByChance: true
        ),
        new(
            "DeepSet-TM",
            (k, t) => new DeepSetTrimmedMean(Network(k), t),
            (k, t, gradient) => z => Decode(k, Range(Encode(k, z), t, (int)z.shape[1] - t, gradient)),
            IsNetwork: true,
            IsAverage: false,
            IsRightByChance: true
        ),
        new(
            "CertifiedDeepSet",
            (k, t) => new CertifiedDeepSet(Network(k), t),
            (k, t, gradient) => z => Decode(k, Range(Encode(k, z), t, (int)z.shape[1] - t, gradient)),
            IsNetwork: true,
            IsAverage: false,
            IsRightByChance: true
        ),
        new(
            "Plurality vote",
            (_, _) => new PluralityVote(),
            (k, _, _) => z => (nn.functional.one_hot(z.detach().max(2).indexes, k) + z - z.detach()).mean([1L]),
            IsAverage: false
        ),
        new("Krum", (_, t) => new Krum(t), (_, t, _) => z => LikeTheMean(z, Mixed(z, Nearest(KrumSums(z, t), 1)))),
        new(
            "Multi-Krum",
            (_, t) => new MultiKrum(t),
            (_, t, _) => z => LikeTheMean(z, Mixed(z, Nearest(KrumSums(z, t), (int)z.shape[1] - t)))
        ),
        new(
            "NNM + CWTM",
            (_, t) => new NearestNeighbourMixing(new CoordinateWiseTrimmedMean(t), t),
            (_, t, _) => z => LikeTheMean(z, Range(NearestMeans(z, t), t, (int)z.shape[1] - t, SortGradient.True)),
            IsNetwork: true
        ),
        new(
            "NNM + Krum",
            (_, t) => new NearestNeighbourMixing(new Krum(t), t),
            (_, t, _) =>
                z =>
                {
                    var means = NearestMeans(z, t);
                    return LikeTheMean(z, Mixed(means, Nearest(KrumSums(means, t), 1)));
                },
            IsNetwork: true
        ),
        // Half of the trim: n ≥ 4f+1 then, as for the others n ≥ 2t+1.
        new("Bulyan", (_, t) => new Bulyan(t / 2), (_, t, _) => z => LikeTheMean(z, Selected(z, t / 2))),
        new(
            "Bucketing + CWTM",
            (_, t) => new Bucketing(new CoordinateWiseTrimmedMean(t / 2)),
            (_, t, _) =>
                z =>
                {
                    var buckets = Buckets(z, 2);
                    int m = (int)buckets.shape[1];
                    return LikeTheMean(z, Range(buckets, t / 2, m - t / 2, SortGradient.True));
                },
            IsNetwork: true
        ),
        new(
            "Bucketing + Krum",
            (_, t) => new Bucketing(new Krum(t / 2)),
            (_, t, _) =>
                z =>
                {
                    var buckets = Buckets(z, 2);
                    return LikeTheMean(z, Mixed(buckets, Nearest(KrumSums(buckets, t / 2), 1)));
                },
            IsNetwork: true
        ),
        new("Centred clipping", (_, _) => new CentredClipping(), (_, _, _) => Clipped),
        new(
            "Trimmed vote",
            (_, t) => new TrimmedVote(t),
            (k, t, _) =>
                z =>
                    (
                        (nn.functional.one_hot(z.detach().max(2).indexes, k).sum(1) - t)
                            .to(ScalarType.Float64)
                            .clamp(0, z.shape[1] - 2 * t) / (double)(z.shape[1] - 2 * t)
                    ) + (z - z.detach()).mean([1L]),
            IsAverage: false
        ),
        new(
            "Constant",
            (k, _) => new ConstantAnswer(1, k),
            (k, _, _) => z => nn.functional.one_hot(ones(z.shape[0], dtype: ScalarType.Int64), k) + 0 * z.sum(1),
            IsAverage: false,
            IsRightByChance: true
        ),
    ];

    /// <summary>Those that take logits of <see cref="Places"/> clients in order.</summary>
    public static IReadOnlyList<RuleRow> OverLogits { get; } =
    [
        new(
            "Manifold projection",
            (k, _) => new ManifoldProjection(CopurNetworkOf(k)),
            (k, _, _) => PlainCopur.Of(CopurNetworkOf(k)).Project,
            IsNetwork: true,
            IsAverage: false,
            IsRightByChance: true
        ),
        new(
            "COPUR",
            (k, t) => new Copur(CopurNetworkOf(k), t),
            (k, t, _) => PlainCopur.Of(CopurNetworkOf(k)).Scores(t),
            IsNetwork: true,
            IsAverage: false,
            IsRightByChance: true
        ),
    ];

    /// <summary>For <c>[Theory, MemberData]</c>.</summary>
    public static TheoryData<string> Names => [.. All.Select(row => row.Name)];

    public static RuleRow Named(string name) => All.Concat(OverLogits).Single(row => row.Name == name);

    /// <summary>Drawn weights, three times as large as at the start of training so that the ReLUs matter.</summary>
    public static DeepSetNetwork Network(int classes)
    {
        var network = new DeepSetNetwork(classes, hidden: 19, seed: 5, decoder: 23);
        using var untracked = no_grad();
        foreach (var weights in network.parameters())
            weights.mul_(3);
        foreach (var weights in network.parameters())
            weights.requires_grad = false;
        return network;
    }

    /// <summary>COPUR's networks with drawn weights, three times as large as at the start of training.</summary>
    public static CopurNetwork CopurNetworkOf(int classes)
    {
        var network = new CopurNetwork(Places, classes, hidden: 23, encoding: 13, server: 11, seed: 5);
        using var untracked = no_grad();
        foreach (var weights in network.parameters())
            weights.mul_(3);
        return network;
    }

    /// <summary>Rows on the simplex; with <paramref name="oneHot"/> some of them are corners, so that values
    /// tie.</summary>
    public static Tensor Rows(long seed, long samples, long clients, long classes, bool oneHot = false)
    {
        using var scope = NewDisposeScope();
        using var generator = RandomStream.Torch(seed, "test-rows");
        var rows = nn.functional.softmax(2 * randn([samples, clients, classes], generator: generator), -1);
        if (oneHot)
        {
            var corners = nn
                .functional.one_hot(randint(0, classes, [samples, clients], generator: generator), classes)
                .to(ScalarType.Float32);
            rows = where(rand([samples, clients, 1], generator: generator) < 0.5, corners, rows);
        }
        return rows.MoveToOuterDisposeScope();
    }

    public static double Distance(Tensor a, Tensor b)
    {
        Assert.Equal(a.shape, b.shape);
        using var scope = NewDisposeScope();
        return a.numel() == 0 ? 0 : (a.to(ScalarType.Float64) - b.to(ScalarType.Float64)).abs().max().ToDouble();
    }

    static Tensor Range(Tensor z, int from, int to, SortGradient gradient)
    {
        Tensor Kept(Tensor rows) => rows.sort(1).Values.narrow(1, from, to - from).mean([1L]);
        if (gradient == SortGradient.True)
            return Kept(z);
        var mean = z.mean([1L]);
        return mean + (Kept(z) - mean).detach();
    }

    static Tensor Encode(int classes, Tensor z)
    {
        var network = Network(classes);
        return Linear(nn.functional.relu(Linear(z, network.RhoIn)), network.RhoOut);
    }

    static Tensor Decode(int classes, Tensor summary)
    {
        var network = Network(classes);
        return Linear(nn.functional.relu(Linear(summary, network.MuIn)), network.MuOut);
    }

    static Tensor Linear(Tensor z, TorchSharp.Modules.Linear layer) =>
        z.matmul(layer.weight!.detach().to(ScalarType.Float64).t()) + layer.bias!.detach().to(ScalarType.Float64);

    // Sum of squared distances to the n−f−2 nearest other rows, row by row.
    static double[][] KrumSums(Tensor z, int f)
    {
        int n = (int)z.shape[1];
        return Each(
            z,
            rows =>
                [
                    .. Enumerable
                        .Range(0, n)
                        .Select(i =>
                            Enumerable
                                .Range(0, n)
                                .Where(j => j != i)
                                .Select(j => Squared(rows[i], rows[j]))
                                .Order()
                                .Take(Math.Max(0, n - f - 2))
                                .Sum()
                        ),
                ]
        );
    }

    static double Squared(double[] a, double[] b) => a.Zip(b, (x, y) => (x - y) * (x - y)).Sum();

    static double[][] Each(Tensor z, Func<double[][], double[]> of) => [.. Samples(z).Select(of)];

    // Rows of every sample, read from torch in one piece.
    static double[][][] Samples(Tensor z)
    {
        using var whole = z.detach().contiguous();
        double[] values = whole.data<double>().ToArray();
        int n = (int)z.shape[1],
            classes = (int)z.shape[2];
        return [.. values.Chunk(n * classes).Select(sample => sample.Chunk(classes).ToArray())];
    }

    // The share of each row in the mean of the m smallest; those that tie for the last places share them.
    static double[][] Nearest(double[][] values, int m) =>
        [
            .. values.Select(own =>
            {
                double last = own.Order().ElementAt(m - 1);
                double below = own.Count(v => v < last - 1e-9),
                    tied = own.Count(v => Math.Abs(v - last) <= 1e-9);
                return own.Select(v =>
                        v < last - 1e-9 ? 1.0 / m
                        : Math.Abs(v - last) <= 1e-9 ? (m - below) / tied / m
                        : 0
                    )
                    .ToArray();
            }),
        ];

    static Tensor Mixed(Tensor z, double[][] shares) =>
        (z * tensor(shares.SelectMany(x => x).ToArray(), [z.shape[0], z.shape[1], 1])).sum(1);

    static Tensor LikeTheMean(Tensor z, Tensor scores) => scores.detach() + (z - z.detach()).mean([1L]);

    static Tensor NearestMeans(Tensor z, int f)
    {
        int n = (int)z.shape[1];
        double[][][] samples = Samples(z);
        return stack(
            Enumerable
                .Range(0, n)
                .Select(i =>
                    Mixed(
                        z,
                        Nearest([.. samples.Select(rows => rows.Select(row => Squared(rows[i], row)).ToArray())], n - f)
                    )
                ),
            1
        );
    }

    static double Key(double[] row) => row.Select((value, k) => Math.Sqrt(k + 2) * value).Sum();

    // The row of place p in the order of the keys is in bucket p mod ⌈n/s⌉.
    static Tensor Buckets(Tensor z, int size)
    {
        int n = (int)z.shape[1],
            count = (n + size - 1) / size;
        return PerSample(
            z,
            rows =>
            {
                double[][] ordered = [.. rows.OrderBy(Key)];
                return
                [
                    .. Enumerable
                        .Range(0, count)
                        .Select(j => Average([.. ordered.Where((_, place) => place % count == j)])),
                ];
            }
        );
    }

    static double[] Average(double[][] rows) => [.. rows[0].Select((_, k) => rows.Average(row => row[k]))];

    static Tensor PerSample(Tensor z, Func<double[][], double[][]> of)
    {
        double[][][] made = [.. Samples(z).Select(of)];
        return tensor(
            made.SelectMany(rows => rows).SelectMany(row => row).ToArray(),
            [z.shape[0], made[0].Length, z.shape[2]]
        );
    }

    // Krum, again and again among what is left; then the values nearest to the median, class by class.
    static Tensor Selected(Tensor z, int f) =>
        PerSample(
                z,
                rows =>
                {
                    List<double[]> left = [.. rows],
                        chosen = [];
                    while (chosen.Count < rows.Length - 2 * f)
                    {
                        double[] sums =
                        [
                            .. left.Select(row =>
                                left.Where(other => !ReferenceEquals(other, row))
                                    .Select(other => Squared(row, other))
                                    .Order()
                                    .Take(Math.Max(0, left.Count - f - 2))
                                    .Sum()
                            ),
                        ];
                        double[] next = left.Where((_, i) => sums[i] <= sums.Min() + 1e-9).MinBy(Key)!;
                        left.RemoveAt(left.FindIndex(row => ReferenceEquals(row, next)));
                        chosen.Add(next);
                    }
                    int kept = chosen.Count - 2 * f;
                    double Of(int k)
                    {
                        double[] values = [.. chosen.Select(row => row[k]).Order()];
                        double median = (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
                        double[] shares = Nearest(
                            [
                                [.. values.Select(v => Math.Abs(v - median))],
                            ],
                            kept
                        )[0];
                        return values.Zip(shares, (v, share) => v * share).Sum();
                    }
                    return
                    [
                        [.. Enumerable.Range(0, rows[0].Length).Select(Of)],
                    ];
                }
            )
            .squeeze(1);

    static Tensor Clipped(Tensor z)
    {
        int n = (int)z.shape[1];
        var at = Range(z, (n - 1) / 2, n / 2 + 1, SortGradient.True);
        for (int i = 0; i < 3; i++)
        {
            var apart = z - at.unsqueeze(1);
            var distance = (apart * apart).sum(2).clamp_min(1e-16).sqrt();
            var radius = distance.detach().sort(1).Values.narrow(1, (n - 1) / 2, 1);
            var share = (radius / distance).detach();
            at = at + (apart * where(share > 1 - 1e-5, 1, share).unsqueeze(2)).sum(1) / n;
        }
        return at;
    }

    // Sample by sample, so that its stop cannot depend on the batch.
    static Tensor Median(Tensor z) =>
        stack(
            Enumerable
                .Range(0, (int)z.shape[0])
                .Select(s =>
                {
                    var rows = z[s];
                    var at = rows.mean([0L]);
                    for (int i = 0; i < 20; i++)
                    {
                        var weights = (rows - at).square().sum(1).sqrt().clamp_min(1e-8).reciprocal();
                        var next = (weights.unsqueeze(1) * rows).sum([0L]) / weights.sum();
                        double moved = (next - at).detach().norm().ToDouble();
                        at = next;
                        if (moved <= 1e-6)
                            break;
                    }
                    return at;
                })
        );
}
