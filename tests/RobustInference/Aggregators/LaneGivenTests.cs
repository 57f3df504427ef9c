using CsCheck;
using RobustInference.Aggregators;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Aggregators;

/// <summary>A rule with a sample in every lane is held equal to the same rule conditioned on the same rows.</summary>
public unsafe class LaneGivenTests
{
    public static TheoryData<string, SortGradient> RulesAndGradients =>
        [
            .. from name in new[] { "DeepSet", "DeepSet-TM" }
            from gradient in Enum.GetValues<SortGradient>()
            select (name, gradient),
        ];

    [Theory, MemberData(nameof(RulesAndGradients))]
    public void Scores_and_gradient_are_those_of_the_conditioned_rule(string name, SortGradient gradient) =>
        Gen.Select(
                Gen.Int[1, 12],
                Gen.Int[2, 12],
                // From 32 on the backward product is worked out by differences between a sample's rows.
                Gen.OneOf(Gen.Int[2, 11], Gen.Int[31, 40]),
                Gen.Int[1, 11],
                Gen.Int[0, 5],
                Gen.Long[0, 1 << 30]
            )
            .Sample(
                (samples, n, classes, m, t, seed) =>
                {
                    using var scope = NewDisposeScope();
                    int[] clients = [.. Enumerable.Range(0, n)];
                    RandomStream.Managed(seed, "test-liars").ShuffleInplace<int>(clients);
                    int[] liars = clients[..Math.Clamp(m % n, 1, n - 1)];
                    using var rule = EveryRule.Named(name).Create(classes, t % ((n + 1) / 2));
                    // Equal rows tie, and which of them is kept hangs on the last bit of a product.
                    bool mayTie = gradient == SortGradient.Mean;
                    Tensor answers = EveryRule.Rows(seed, samples, n, classes, oneHot: mayTie && seed % 3 == 0),
                        sent = EveryRule.Rows(
                            seed + 1,
                            samples,
                            liars.Length,
                            classes,
                            oneHot: mayTie && seed % 3 == 1
                        );
                    using var generator = RandomStream.Torch(seed, "test-cotangent");
                    var outer = randn([samples, classes], generator: generator);
                    using var given = rule.Given(answers, liars, gradient);
                    Tensor scores = given.Scores(sent),
                        slopes = given.Gradient(sent, _ => outer.clone());
                    Check<FloatLanes8>(given, sent, outer, scores, slopes);
                    Check<FloatLanes16>(given, sent, outer, scores, slopes);
                },
                iter: 100
            );

    static void Check<T>(ConditionedAggregator given, Tensor sent, Tensor outer, Tensor scores, Tensor slopes)
        where T : struct, IFloatLanes<T>
    {
        using var lanes = given.InLanes<T>();
        Assert.NotNull(lanes);
        int samples = (int)sent.shape[0],
            slots = (int)sent.shape[1],
            classes = (int)sent.shape[2],
            stride = LaneGiven<T>.Stride,
            vectors = (samples + T.Count - 1) / T.Count;
        Assert.Equal((slots, classes), (lanes.Slots, lanes.Classes));
        // The last sample comes to its lane by way of another.
        for (int s = 0; s < samples; s++)
        {
            Assert.Equal(slots, lanes.Count(s));
            lanes.Load(s == samples - 1 ? stride - 1 : s, s);
        }
        lanes.Move(stride - 1, samples - 1);
        for (int s = 0; s < samples; s++)
        for (int k = 0; k < classes; k++)
        {
            lanes.Cotangent[k * stride + s] = outer[s, k].ToSingle();
            for (int r = 0; r < slots; r++)
                lanes.Rows[r * lanes.SlotSize + k * stride + s] = sent[s, r, k].ToSingle();
        }
        lanes.Forward(vectors, slots);
        lanes.Backward(vectors, slots);
        for (int s = 0; s < samples; s++)
        for (int k = 0; k < classes; k++)
        {
            Assert.Equal(scores[s, k].ToDouble(), lanes.Scores[k * stride + s], 1e-5);
            for (int r = 0; r < slots; r++)
                Assert.Equal(slopes[s, r, k].ToDouble(), lanes.Gradient[r * lanes.SlotSize + k * stride + s], 1e-5);
        }
    }

    [Theory, InlineData(5), InlineData(35)]
    public void A_slot_that_a_sample_does_not_use_adds_nothing(int classes)
    {
        using var scope = NewDisposeScope();
        var answers = EveryRule.Rows(1, 3, 7, classes);
        int[][] liars =
        [
            [2],
            [0, 3, 6],
            [],
        ];
        using var given = new DeepSet(EveryRule.Network(classes)).GivenEach(answers, liars);
        var sent = EveryRule.Rows(2, 1, 4, classes).squeeze(0);
        using var generator = RandomStream.Torch(3, "test-cotangent");
        var outer = randn([3, classes], generator: generator);
        Tensor expected = given.Scores(sent),
            slopes = given.Gradient(sent, _ => outer.clone());
        using var lanes = given.InLanes<FloatLanes8>();
        Assert.NotNull(lanes);
        int stride = LaneGiven<FloatLanes8>.Stride;
        for (int s = 0; s < 3; s++)
        {
            lanes.Load(s, s);
            for (int r = 0; r < lanes.Slots; r++)
            for (int k = 0; k < classes; k++)
                lanes.Rows[r * lanes.SlotSize + k * stride + s] =
                    r < liars[s].Length ? sent[given.Offsets[s] + r, k].ToSingle() : 17;
        }
        for (int s = 0; s < 3; s++)
        for (int k = 0; k < classes; k++)
            lanes.Cotangent[k * stride + s] = outer[s, k].ToSingle();
        lanes.Forward(1, 3);
        lanes.Backward(1, 3);
        for (int s = 0; s < 3; s++)
        for (int k = 0; k < classes; k++)
        {
            Assert.Equal(expected[s, k].ToDouble(), lanes.Scores[k * stride + s], 1e-5);
            for (int r = 0; r < liars[s].Length; r++)
                Assert.Equal(
                    slopes[given.Offsets[s] + r, k].ToDouble(),
                    lanes.Gradient[r * lanes.SlotSize + k * stride + s],
                    1e-5
                );
        }
    }
}
