using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Certificates;
using RobustInference.Evaluation;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Training;
using TorchSharp;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.RobustInference.Certificates;

public class DeepSetCertificateTests
{
    const int Clients = 9,
        Classes = 4,
        Trim = 2;

    static readonly Lazy<DeepSetNetwork> Known = new(() =>
    {
        using var validation = SyntheticProbits.Draw(400, Clients, Classes, seed: 50);
        return new AdversarialTraining(
            new DeepSetRecipe(Corrupted: Trim, Hidden: 24, Passes: 8, Steps: 5, LearningRate: 3e-3, BatchSize: 64)
        ).Train(validation);
    });

    static DeepSetCertificate Certificate => new(Known.Value, Trim);

    static double[] Margins(Adversary adversary, ProbitSet answers, ThreatModel threat)
    {
        using var margins = Certificate.Margins(answers, adversary, threat);
        return margins.data<double>().ToArray();
    }

    /// <summary>s_y − max_{k≠y} s_k of the rule in float32.</summary>
    static Tensor Margins(Tensor answers, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var scores = new DeepSetTrimmedMean(Known.Value, Trim).Scores(answers).detach();
        var own = labels.unsqueeze(1);
        return (
            scores.gather(1, own)
            - scores
                .scatter(1, own, full_like(own, float.NegativeInfinity, dtype: ScalarType.Float32))
                .amax([1L], keepdim: true)
        )
            .squeeze(1)
            .MoveToOuterDisposeScope();
    }

    /// <summary>Rows from nearly uniform to nearly one-hot, and now and then corners.</summary>
    static Tensor Sent(long[] shape, int draw, Generator generator)
    {
        using var scope = NewDisposeScope();
        var rows = nn.functional.softmax((1 + draw % 12) * randn(shape, generator: generator), -1);
        if (draw % 3 == 0)
            rows = nn.functional.one_hot(rows.argmax(-1), Classes).to(ScalarType.Float32);
        if (draw % 6 == 0)
            rows = rows.narrow(1, 0, 1).expand(shape).contiguous();
        return rows.MoveToOuterDisposeScope();
    }

    [Theory, InlineData(Adversary.Fixed), InlineData(Adversary.Any)]
    public void Ten_thousand_drawn_corruptions_do_not_get_below_the_margins(Adversary adversary)
    {
        const int Draws = 2500,
            Samples = 100;
        using var scope = NewDisposeScope();
        using var answers = SyntheticProbits.Draw(Samples, Clients, Classes, seed: 51);
        var random = RandomStream.Managed(51, "test-clients");
        using var generator = RandomStream.Torch(51, "test-corruptions");
        for (int f = 1; f <= Trim; f++)
        {
            var threat = ThreatModel.Draw(Clients, f, 51);
            double[] bound = Margins(adversary, answers, threat);
            Assert.InRange(bound.Count(margin => margin > 0), 10, Samples - 1);
            for (int draw = 0; draw < Draws; draw++)
            {
                using var inner = NewDisposeScope();
                int[] liars =
                    adversary == Adversary.Fixed
                        ? [.. threat.Corrupted]
                        : [.. ThreatModel.Draw(Clients, f, random.Next()).Corrupted];
                var sent = Rows.Replace(answers.Probits, liars, Sent([Samples, f, Classes], draw, generator));
                float[] margins = Margins(sent, answers.Labels).data<float>().ToArray();
                for (int s = 0; s < Samples; s++)
                    Assert.True(margins[s] >= bound[s], $"draw {draw}, sample {s}: {margins[s]} < {bound[s]}");
            }
        }
    }

    [Fact]
    public void No_attack_of_the_suite_breaks_a_certified_sample()
    {
        using var answers = SyntheticProbits.Draw(600, Clients, Classes, seed: 52);
        using var validation = SyntheticProbits.Draw(200, Clients, Classes, seed: 53);
        for (int seed = 0; seed < 3; seed++)
        {
            var threat = ThreatModel.Draw(Clients, Trim, seed);
            double[] known = Margins(Adversary.Fixed, answers, threat),
                whichever = Margins(Adversary.Any, answers, threat);
            var report = new RobustnessEvaluation(answers, validation, threat, seed).Run(
                new DeepSetTrimmedMean(Known.Value, Trim),
                AttackSuite.Paper,
                [new Impersonation()]
            );
            foreach (var (attack, right) in report.Attacked.Concat(report.Excluded).Append(("Clean", report.Clean)))
                for (int s = 0; s < known.Length; s++)
                    if (known[s] > 0 || whichever[s] > 0)
                        Assert.True(
                            right[s],
                            $"{attack} breaks sample {s}, certified with {known[s]} and {whichever[s]}"
                        );
        }
    }

    // Margins themselves need not be in order: where intervals decide, the tighter bound is not worked out.
    [Fact]
    public void What_is_certified_whoever_is_corrupted_is_certified_for_a_given_set()
    {
        using var answers = SyntheticProbits.Draw(200, Clients, Classes, seed: 54);
        for (int seed = 0; seed < 5; seed++)
        {
            var threat = ThreatModel.Draw(Clients, Trim, seed);
            double[] any = Margins(Adversary.Any, answers, threat),
                given = Margins(Adversary.Fixed, answers, threat);
            Assert.Contains(any, margin => margin > 0);
            for (int s = 0; s < any.Length; s++)
                if (any[s] > 0)
                    Assert.True(given[s] > 0, $"sample {s}: {any[s]}, but {given[s]} for a given set");
        }
    }

    [Theory, InlineData(Adversary.Fixed), InlineData(Adversary.Any)]
    public void With_nobody_corrupted_the_bound_is_the_clean_margin_but_for_rounding(Adversary adversary)
    {
        using var scope = NewDisposeScope();
        using var answers = SyntheticProbits.Draw(200, Clients, Classes, seed: 55);
        float[] clean = Margins(answers.Probits, answers.Labels).data<float>().ToArray();
        double[] bound = Margins(adversary, answers, new ThreatModel(Clients, []));
        for (int s = 0; s < 200; s++)
            Assert.InRange(clean[s] - bound[s], 0, 2e-3);
    }

    [Theory, InlineData(Adversary.Fixed), InlineData(Adversary.Any)]
    public void More_corrupted_clients_than_are_trimmed_leave_nothing_certified(Adversary adversary)
    {
        using var answers = SyntheticProbits.Draw(20, Clients, Classes, seed: 56);
        Assert.All(
            Margins(adversary, answers, ThreatModel.Draw(Clients, Trim + 1, 0)),
            margin => Assert.Equal(double.NegativeInfinity, margin)
        );
    }

    [Fact]
    public void The_radius_is_the_greatest_number_of_changed_rows_that_is_certified()
    {
        using var answers = SyntheticProbits.Draw(300, Clients, Classes, seed: 57);
        int[] radii = Certificate.Radii(answers, (Clients - 1) / 2);
        Assert.Equal([-1, 0, 1, 2], radii.Distinct().Order());
        for (int f = 0; f <= Trim; f++)
            Assert.Equal(
                Margins(Adversary.Any, answers, ThreatModel.Draw(Clients, f, 0)).Select(margin => margin > 0),
                radii.Select(radius => radius >= f)
            );
    }

    [Fact]
    public void Inputs_within_the_radius_of_the_received_one_get_the_same_answer()
    {
        using var scope = NewDisposeScope();
        using var answers = SyntheticProbits.Draw(150, Clients, Classes, seed: 58);
        using var generator = RandomStream.Torch(58, "test-received");
        // Received rows are corrupted already; the promise is about them.
        var received = Rows.Replace(answers.Probits, [0, 4], Sent([150, 2, Classes], 3, generator));
        using var asReceived = ProbitSet.FromProbits(
            "received",
            received.data<float>().ToArray(),
            received.shape,
            new long[150]
        );
        var promised = new DeepSetTrimmedMean(Known.Value, Trim).Predict(asReceived);
        Assert.Equal(
            Enumerable.Range(0, Trim + 1).Select(r => (int?)r),
            promised.Select(answer => answer.Radius).Distinct().Order()
        );
        var random = RandomStream.Managed(58, "test-changes");
        for (int draw = 0; draw < 1500; draw++)
        {
            using var inner = NewDisposeScope();
            int r = 1 + draw % Trim;
            var changed = Rows.Replace(
                received,
                ThreatModel.Draw(Clients, r, random.Next()).Corrupted,
                Sent([150, r, Classes], draw, generator)
            );
            long[] now = new DeepSetTrimmedMean(Known.Value, Trim).Scores(changed).argmax(1).data<long>().ToArray();
            for (int s = 0; s < now.Length; s++)
                if (promised[s].Radius >= r)
                    Assert.Equal(promised[s].Class, now[s]);
        }
    }

    [Fact]
    public void A_tie_has_radius_zero()
    {
        using var network = new DeepSetNetwork(Classes, 8, 1);
        using (no_grad())
        {
            network.MuOut.weight!.zero_();
            network.MuOut.bias!.zero_();
        }
        using var answers = SyntheticProbits.Draw(10, Clients, Classes, seed: 59);
        Assert.All(new DeepSetTrimmedMean(network, Trim).Predict(answers), answer => Assert.Equal(0, answer.Radius));
        Assert.All(
            new DeepSetCertificate(network, Trim).Radii(answers, (Clients - 1) / 2),
            radius => Assert.Equal(-1, radius)
        );
    }

    [Fact]
    public void What_the_rule_was_not_made_for_is_refused()
    {
        using var answers = SyntheticProbits.Draw(5, Clients, Classes, seed: 60);
        using var others = SyntheticProbits.Draw(5, Clients, 3, seed: 60);
        using var few = SyntheticProbits.Draw(5, 4, Classes, seed: 60);
        Assert.Throws<ArgumentException>(() => Certificate.Margins(answers, Adversary.Any, new ThreatModel(7, [0])));
        Assert.Throws<ArgumentException>(() =>
            Certificate.Margins(others, Adversary.Any, new ThreatModel(Clients, [0]))
        );
        Assert.Throws<ArgumentException>(() => Certificate.Radii(few, 1));
    }
}
