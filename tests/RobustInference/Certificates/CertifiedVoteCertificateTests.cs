using CsCheck;
using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Certificates;
using RobustInference.Evaluation;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Certificates;

public class CertifiedVoteCertificateTests
{
    const int Clients = 6,
        Classes = 4;

    static double[] Margins(VoteNetwork network, ProbitSet answers, Adversary adversary, ThreatModel threat)
    {
        using var margins = new CertifiedVoteCertificate(network).Margins(answers, adversary, threat);
        return margins.data<double>().ToArray();
    }

    /// <summary>The least lead over rivals and sets when every liar's vote goes to the rival, by trying all.</summary>
    static double[] Least(VoteNetwork network, ProbitSet answers, IEnumerable<int[]> sets)
    {
        using var scope = NewDisposeScope();
        int n = answers.Clients,
            k = answers.Classes;
        double[] votes = network.Votes(answers.Probits).data<double>().ToArray(),
            bias = network.Bias().data<double>().ToArray();
        float[][] influences = [.. network.Members.Select(member => member.Influence.data<float>().ToArray())];
        long[] labels = answers.Labels.Integers();
        var least = new double[labels.Length];
        Array.Fill(least, double.PositiveInfinity);
        foreach (int[] liars in sets)
            for (int s = 0; s < labels.Length; s++)
            for (int t = 0; t < k; t++)
            {
                int y = (int)labels[s];
                if (t == y)
                    continue;
                double lead = bias[y] - bias[t];
                for (int i = 0; i < n; i++)
                    lead += liars.Contains(i)
                        ? -influences.Average(influence => influence[i])
                        : votes[(s * n + i) * k + y] - votes[(s * n + i) * k + t];
                least[s] = Math.Min(least[s], lead);
            }
        return least;
    }

    [Theory, InlineData(1, false), InlineData(3, false), InlineData(2, true)]
    public void The_margins_are_the_least_over_all_rivals_and_sets(int members, bool influences)
    {
        using var network = DrawnVotes.Network(Clients, Classes, members);
        if (influences)
            network.WithInfluences();
        using var answers = Ensembles.Draw(3, 120, Clients, Classes);
        int certified = 0;
        for (int f = 0; f <= 2; f++)
        {
            var threat = ThreatModel.Draw(Clients, f, 1);
            foreach (
                var (adversary, sets) in new[]
                {
                    (
                        Adversary.Fixed,
                        (IEnumerable<int[]>)
                            [
                                [.. threat.Corrupted],
                            ]
                    ),
                    (Adversary.Any, Ensembles.Sets(Clients, f)),
                }
            )
            {
                double[] expected = Least(network, answers, sets),
                    got = Margins(network, answers, adversary, threat);
                certified += got.Count(margin => margin > 0);
                for (int s = 0; s < got.Length; s++)
                    Assert.InRange(expected[s] - got[s], 0, 1e-5);
            }
        }
        Assert.InRange(certified, 20, 6 * 120 - 20);
    }

    [Fact]
    public void Several_sets_at_once_are_certified_as_each_alone()
    {
        using var network = DrawnVotes.Network(Clients, Classes, members: 2).WithInfluences();
        // More than a chunk.
        using var answers = Ensembles.Draw(4, 300, Clients, Classes);
        ThreatModel[] sets =
        [
            .. from f in new[] { 0, 1, 2 } from seed in new[] { 1, 2 } select ThreatModel.Draw(Clients, f, seed),
        ];
        var certificate = new CertifiedVoteCertificate(network);
        var together = certificate.ArePositive(answers, sets);
        Assert.Equal(sets.Select(set => certificate.Certified(answers, Adversary.Fixed, set)), together);
        Assert.Contains(together, set => set.Contains(true) && set.Contains(false));
        using var others = Ensembles.Draw(4, 10, Clients + 1, Classes);
        Assert.Throws<ArgumentException>(() => certificate.ArePositive(others, sets));
    }

    [Theory, InlineData(Adversary.Fixed), InlineData(Adversary.Any)]
    public void No_drawn_rows_get_below_the_margins(Adversary adversary) =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 2], Gen.Double[0.5, 12], Gen.Long[0, 1 << 30])
            .Sample(
                (members, f, scale, seed) =>
                {
                    using var scope = NewDisposeScope();
                    using var network = DrawnVotes
                        .Network(Clients, Classes, members, seed: seed, scale: scale)
                        .WithInfluences();
                    using var rule = new CertifiedVote(network);
                    using var answers = Ensembles.Draw(seed, 40, Clients, Classes);
                    var threat = ThreatModel.Draw(Clients, f, seed);
                    double[] bound = Margins(network, answers, adversary, threat);
                    for (int draw = 0; draw < 20; draw++)
                    {
                        using var inner = NewDisposeScope();
                        var liars = adversary == Adversary.Fixed ? threat : ThreatModel.Draw(Clients, f, seed + draw);
                        var sent = Rows.Replace(
                            answers.Probits,
                            liars.Corrupted,
                            EveryRule.Rows(seed + draw, 40, f, Classes, oneHot: draw % 2 == 0)
                        );
                        float[] leads = ScoreMargin.Leads(rule.Scores(sent), answers.Labels).Floats().ToArray();
                        for (int s = 0; s < leads.Length; s++)
                            Assert.True(leads[s] >= bound[s], $"sample {s}: {leads[s]} < {bound[s]}");
                    }
                },
                iter: 30
            );

    [Theory, InlineData(Adversary.Fixed), InlineData(Adversary.Any)]
    public void Optimised_rows_come_near_the_margins_and_not_below(Adversary adversary)
    {
        using var scope = NewDisposeScope();
        using var network = DrawnVotes.Network(Clients, Classes, members: 2, scale: 9);
        using var rule = new CertifiedVote(network);
        using var answers = Ensembles.Draw(8, 150, Clients, Classes);
        var threat = ThreatModel.Draw(Clients, 2, 3);
        double[] bound = Margins(network, answers, adversary, threat);
        using var rows = VoteRows.Search(new CertifiedVote(network), seed: 0);
        using var query = new AttackQuery(answers, rule, threat);
        var clients =
            adversary == Adversary.Any
                ? new VoteClientSelection(rows).Choose(query)
                : tensor(threat.Corrupted.Select(i => (long)i).ToArray()).expand(150, 2).contiguous();
        long[] chosen = clients.Integers();
        var gaps = new List<double>();
        for (int s = 0; s < 150; s++)
        {
            using var one = answers.Select([s]);
            var own = new ThreatModel(Clients, [(int)chosen[2 * s], (int)chosen[2 * s + 1]]);
            using var alone = new AttackQuery(one, rule, own);
            var sent = Rows.Replace(one.Probits, own.Corrupted, new BestVotes(rows).Corrupt(alone));
            float lead = ScoreMargin.Leads(rule.Scores(sent), one.Labels).item<float>();
            Assert.True(lead >= bound[s], $"sample {s}: {lead} < {bound[s]}");
            gaps.Add(lead - bound[s]);
        }
        // Out of a lead that two liars can change by up to four.
        Assert.InRange(gaps.Average(), 0, 0.6);
    }

    [Fact]
    public void The_radius_is_the_last_number_of_liars_that_the_margins_hold_for()
    {
        using var network = DrawnVotes.Network(9, Classes, members: 2).WithInfluences();
        using var rule = new CertifiedVote(network);
        using var drawn = Ensembles.Draw(5, 100, 9, Classes);
        using var answers = drawn.WithLabels(rule.Scores(drawn.Probits).argmax(1).Integers());
        var certificate = new CertifiedVoteCertificate(network);
        int[] radii = certificate.Radii(answers, 4);
        for (int f = 0; f <= 4; f++)
            Assert.Equal(
                certificate.Certified(answers, Adversary.Any, ThreatModel.Draw(9, f, 0)),
                radii.Select(r => r >= f)
            );
        Assert.True(radii.Distinct().Count() > 1);
        Assert.All(certificate.Radii(drawn.Probits, drawn.Labels), radius => Assert.InRange(radius, -1, 9));
        // A label that is not the answer is not certified even for the rows as they are.
        using var wrong = drawn.WithLabels([.. answers.Labels.Integers().Select(k => (k + 1) % Classes)]);
        Assert.All(certificate.Radii(wrong, 4), radius => Assert.Equal(-1, radius));
    }

    [Fact]
    public void A_liar_that_falls_silent_does_no_more_than_one_that_lies()
    {
        using var scope = NewDisposeScope();
        using var network = DrawnVotes.Network(Clients, Classes);
        using var answers = Ensembles.Draw(6, 80, Clients, Classes);
        double[] bound = Margins(network, answers, Adversary.Any, ThreatModel.Draw(Clients, 1, 0));
        var votes = network.Votes(answers.Probits);
        for (int silent = 0; silent < Clients; silent++)
        {
            var left = (Rows.Without(votes, [silent]).sum(1) + network.Bias()).to(ScalarType.Float32);
            float[] leads = ScoreMargin.Leads(left, answers.Labels).Floats().ToArray();
            for (int s = 0; s < leads.Length; s++)
                Assert.True(leads[s] >= bound[s]);
        }
    }

    /// <summary>The votes in decimal arithmetic with 28 digits, one sample and client at a time.</summary>
    static decimal[] Exactly(VoteMember member, float[] row, int client)
    {
        // A float below 8 that is no smaller than 2⁻³⁶, to its last bit.
        decimal Exact(float value) => (long)(value * (double)(1L << 60)) / (decimal)(1L << 60);
        decimal[][] Matrix(Tensor weights) =>
            [
                .. Enumerable
                    .Range(0, (int)weights.shape[0])
                    .Select(i => weights[i].data<float>().ToArray().Select(Exact).ToArray()),
            ];
        decimal[] Vector(Tensor weights) => [.. weights.data<float>().ToArray().Select(Exact)];
        decimal Dot(decimal[] a, decimal[] b) => a.Zip(b).Sum(pair => pair.First * pair.Second);
        decimal[] Layer(decimal[] x, Tensor w, Tensor b) =>
            [.. Matrix(w).Zip(Vector(b)).Select(unit => Dot(unit.First, x) + unit.Second)];
        decimal[] Relu(decimal[] x) => [.. x.Select(value => Math.Max(value, 0))];
        decimal[] p = [.. row.Select(Exact)];
        decimal[] features = [.. p, .. p.Select(value => (decimal)Math.Log((double)(value + 0.001m)) / 4 + 1)];
        var known = Matrix(member.ClientIn).Select(into => Dot(into, Matrix(member.OfClient)[client]));
        var hidden = Relu([.. Layer(features, member.RowIn.weight!, member.RowIn.bias!).Zip(known, (a, b) => a + b)]);
        var logits = Layer(
            Relu(Layer(hidden, member.Between.weight!, member.Between.bias!)),
            member.VoteOut.weight!,
            member.VoteOut.bias!
        );
        double[] e = [.. logits.Select(logit => Math.Exp((double)(logit - logits.Max())))];
        return [.. e.Select(value => (decimal)(value / e.Sum()))];
    }

    [Fact]
    public void Votes_are_as_near_to_exact_arithmetic_as_is_said() =>
        Gen.Select(Gen.Int[2, 12], Gen.Double[0.2, 5], Gen.Long[0, 1 << 30])
            .Sample(
                (classes, scale, seed) =>
                {
                    using var scope = NewDisposeScope();
                    using var network = DrawnVotes.Network(Clients, classes, seed: seed, scale: scale);
                    using var leads = new VoteLeads(network);
                    var rows = EveryRule.Rows(seed, 1, Clients, classes);
                    var (votes, errors) = leads.Of(rows);
                    for (int client = 0; client < Clients; client++)
                    {
                        decimal[] exact = Exactly(network.Members[0], rows[0, client].data<float>().ToArray(), client);
                        double[] got = votes[0, client].data<double>().ToArray(),
                            allowed = errors[0, client].data<double>().ToArray();
                        for (int k = 0; k < classes; k++)
                            Assert.InRange(Math.Abs((double)((decimal)got[k] - exact[k])), 0, allowed[k] + 1e-14);
                    }
                    Assert.InRange(errors.max().ToDouble(), 1e-15, 1e-9);
                },
                iter: 25
            );

    [Fact]
    public void Scores_in_batches_of_any_shape_are_as_near_as_is_said() =>
        Gen.Select(Gen.Int[1, 3], Gen.Double[0.1, 30], Gen.Long[0, 1 << 30])
            .Sample(
                (members, scale, seed) =>
                {
                    using var scope = NewDisposeScope();
                    using var network = DrawnVotes.Network(Clients, Classes, members, seed: seed, scale: scale);
                    using var rule = new CertifiedVote(network);
                    using var leads = new VoteLeads(network);
                    var rows = EveryRule.Rows(seed, 20, Clients, Classes, oneHot: true);
                    var (votes, errors) = leads.Of(rows);
                    var exact = votes.sum(1) + leads.Bias;
                    var allowed = leads.ScoreErrors(votes, errors);
                    using var given = rule.Given(rows, [1, 3]);
                    foreach (
                        var scores in new[]
                        {
                            rule.Scores(rows),
                            cat([.. Enumerable.Range(0, 20).Select(s => rule.Scores(rows.narrow(0, s, 1)))]),
                            given.Scores(Rows.Of(rows, [1, 3])),
                        }
                    )
                        Assert.True(((scores.to(ScalarType.Float64) - exact).abs() - allowed).max().ToDouble() <= 0);
                },
                iter: 40
            );

    [Fact]
    public void Weights_of_any_size_leave_margins_that_are_numbers_or_nothing_certified()
    {
        using var network = DrawnVotes.Network(Clients, Classes, scale: 1e12);
        using var answers = Ensembles.Draw(7, 20, Clients, Classes);
        Assert.All(
            Margins(network, answers, Adversary.Any, ThreatModel.Draw(Clients, 0, 0)),
            margin => Assert.True(margin <= 0)
        );
        Assert.All(
            new CertifiedVoteCertificate(network).Radii(answers.Probits, answers.Labels),
            radius => Assert.Equal(-1, radius)
        );
    }

    [Fact]
    public void Other_clients_are_refused()
    {
        using var network = DrawnVotes.Network(Clients, Classes);
        using var answers = Ensembles.Draw(9, 5, Clients + 1, Classes);
        Assert.Contains(
            $"wanted answers [S, {Clients}, {Classes}]",
            Assert
                .Throws<ArgumentException>(() =>
                    Margins(network, answers, Adversary.Fixed, ThreatModel.Draw(Clients + 1, 1, 0))
                )
                .Message
        );
    }
}
