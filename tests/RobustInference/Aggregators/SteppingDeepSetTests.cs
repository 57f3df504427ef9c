using CsCheck;
using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Aggregators;

/// <summary>What is carried over from step to step is held equal to the rule on the rows as they are.</summary>
public unsafe class SteppingDeepSetTests
{
    [Fact]
    public void Scores_and_steps_are_those_of_the_rule_at_every_step() =>
        Gen.Select(
                Gen.Int[1, 9],
                Gen.Int[2, 9],
                Gen.Int[32, 70],
                Gen.Int[1, 70],
                Gen.Int[1, 40],
                Gen.OneOf(Gen.Const(0.1f), Gen.Float[0.01f, 3f]),
                Gen.Long[0, 1 << 30]
            )
            .Sample(
                (samples, clients, classes, hidden, decoder, step, seed) =>
                {
                    Check<FloatLanes8>(samples, clients, classes, hidden, decoder, step, seed, steps: 12);
                    Check<FloatLanes16>(samples, clients, classes, hidden, decoder, step, seed, steps: 12);
                },
                iter: 30
            );

    [Theory, InlineData(100, 224), InlineData(100, 65)]
    public void So_they_are_after_many_steps(int classes, int hidden)
    {
        float[] narrow = Check<FloatLanes8>(40, 17, classes, hidden, hidden, 0.1f, 5, steps: 60),
            wide = Check<FloatLanes16>(40, 17, classes, hidden, hidden, 0.1f, 5, steps: 60);
        Assert.Equal(wide, narrow);
    }

    [Fact]
    public void A_rule_over_few_classes_has_no_such_form()
    {
        using var scope = NewDisposeScope();
        var answers = EveryRule.Rows(1, 3, 7, 10);
        using var given = new DeepSet(EveryRule.Network(10)).Given(answers, [1]);
        Assert.Null(given.InSteps<FloatLanes8>(0.1f));
    }

    /// <returns>The logits in the end.</returns>
    static float[] Check<T>(
        int samples,
        int clients,
        int classes,
        int hidden,
        int decoder,
        float step,
        long seed,
        int steps
    )
        where T : struct, IFloatLanes<T>
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var random = RandomStream.Managed(seed, "test-steps");
        using var rule = new DeepSet(new DeepSetNetwork(classes, hidden, seed, decoder));
        using var generator = RandomStream.Torch(seed, "test-steps");
        var answers = rand([samples, clients, classes], generator: generator).softmax(-1);
        // The last sample has corrupted rows in any case.
        int[][] liars =
        [
            .. Enumerable
                .Range(0, samples)
                .Select(s =>
                {
                    int[] all = [.. Enumerable.Range(0, clients)];
                    random.ShuffleInplace<int>(all);
                    return all[..random.Next(s == samples - 1 ? 1 : 0, Math.Min(4, clients))];
                }),
        ];
        using var given = rule.GivenEach(answers, liars);
        int[] chosen =
        [
            .. Enumerable.Range(0, samples).Where(s => liars[s].Length > 0).Take(SteppingDeepSet<T>.Places),
        ];
        // Drawn over many classes, they are close to each other; times 3 they are not.
        using var all = 3 * randn([given.Offsets[^1], classes], generator: generator);
        float[] logits = all.contiguous().data<float>().ToArray();
        using var stepping = given.InSteps<T>(step);
        Assert.NotNull(stepping);
        Assert.Equal((classes, liars.Max(own => own.Length)), (stepping.Classes, stepping.Slots));
        for (int place = 0; place < chosen.Length; place++)
        {
            int sample = chosen[place];
            Assert.Equal(liars[sample].Length, stepping.Count(sample));
            // The first comes to its place by way of the last one, and takes a few steps there.
            if (place > 0)
                stepping.Put(place, sample, Own(sample));
        }
        if (chosen.Length > 1)
        {
            int last = chosen.Length - 1;
            stepping.Put(last, chosen[0], Own(chosen[0]));
            stepping.Move(last, 0);
            stepping.Put(last, chosen[last], Own(chosen[last]));
        }
        else
            stepping.Put(0, chosen[0], Own(chosen[0]));

        for (int i = 0; i < steps; i++)
        {
            stepping.Forward(chosen.Length);
            var rows = tensor(logits, [given.Offsets[^1], classes]).softmax(-1);
            Tensor scores = given.Scores(rows),
                outer = randn([samples, classes], generator: generator);
            ulong moving = 0;
            for (int place = 0; place < chosen.Length; place++)
            {
                // In every fifth round one stands still.
                bool stays = i % 5 == 0 && place == chosen.Length / 2;
                if (stays)
                    outer[chosen[place]].zero_();
                moving |= (stays ? 0UL : 1UL) << place;
                for (int k = 0; k < classes; k++)
                {
                    Assert.Equal(
                        scores[chosen[place], k].ToDouble(),
                        stepping.Scores[place * stepping.Stride + k],
                        2e-5
                    );
                    stepping.Scores[place * stepping.Stride + k] = outer[chosen[place], k].ToSingle();
                }
            }
            var gradient = given.Gradient(rows, _ => outer.clone());
            float[] ahead = (gradient - (gradient * rows).sum(-1, keepdim: true)).contiguous().data<float>().ToArray();
            double largest = gradient.abs().max().ToDouble();
            stepping.Step(chosen.Length, moving);
            for (int place = 0; place < chosen.Length; place++)
            {
                int sample = chosen[place],
                    from = given.Offsets[sample] * classes;
                float[] now = new float[liars[sample].Length * classes];
                stepping.Read(place, now);
                for (int j = 0; j < now.Length; j++)
                {
                    float before = logits[from + j];
                    bool stays = (moving >> place & 1) == 0;
                    if (stays)
                        Assert.Equal(before, now[j]);
                    else if (Math.Abs(ahead[from + j]) > 1e-4 * largest)
                        Assert.Equal(ahead[from + j] > 0 ? before + step : before - step, now[j]);
                    else
                        Assert.Contains(now[j], new[] { before + step, before - step, before });
                }
                now.CopyTo(logits, from);
            }
        }
        return logits;

        ReadOnlySpan<float> Own(int sample) =>
            logits.AsSpan(given.Offsets[sample] * classes, liars[sample].Length * classes);
    }
}
