using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Certificates;
using RobustInference.Networks;
using RobustInference.Numerics;
using Tests.RobustInference.Aggregators;

namespace Tests.RobustInference;

/// <summary>What makes no sense is refused when it is given, not by torch when it is used.</summary>
public class ConstructorArgumentTests
{
    static readonly DeepSetNetwork Network = EveryRule.Network(3);
    static readonly CopurNetwork Places = EveryRule.CopurNetworkOf(3);

    static readonly Dictionary<string, Func<object>> Refused = new()
    {
        ["CWTM, trim -1"] = () => new CoordinateWiseTrimmedMean(-1),
        ["DeepSet-TM, trim -1"] = () => new DeepSetTrimmedMean(Network, -1),
        ["DeepSet-TM, no network"] = () => new DeepSetTrimmedMean(null!, 1),
        ["CertifiedDeepSet, trim -1"] = () => new CertifiedDeepSet(Network, -1),
        ["CertifiedDeepSet, no network"] = () => new CertifiedDeepSet(null!, 1),
        ["DeepSet, no network"] = () => new DeepSet(null!),
        ["Constant, answer -1"] = () => new ConstantAnswer(-1, 3),
        ["Constant, answer 3 of 3"] = () => new ConstantAnswer(3, 3),
        ["Constant, one class"] = () => new ConstantAnswer(0, 1),
        ["COPUR, f -1"] = () => new Copur(Places, -1),
        ["COPUR, no network"] = () => new Copur(null!, 1),
        ["Manifold projection, no network"] = () => new ManifoldProjection(null!),
        ["Purification, steps -1"] = () => new Purification(Places, 1, reconstructionSteps: -1),
        ["Purification, steps per client -1"] = () => new Purification(Places, 1, stepsPerCorrupted: -1),
        ["DeepSet network, one class"] = () => new DeepSetNetwork(1, 4, 0),
        ["DeepSet network, no units"] = () => new DeepSetNetwork(3, 0, 0),
        ["DeepSet network, no decoder"] = () => new DeepSetNetwork(3, 4, 0, decoder: 0),
        ["COPUR network, no clients"] = () => new CopurNetwork(0, 3, 4, 4, 4, 0),
        ["COPUR network, one class"] = () => new CopurNetwork(5, 1, 4, 4, 4, 0),
        ["COPUR network, no units"] = () => new CopurNetwork(5, 3, 0, 4, 4, 0),
        ["COPUR network, no code"] = () => new CopurNetwork(5, 3, 4, 0, 4, 0),
        ["COPUR network, no server"] = () => new CopurNetwork(5, 3, 4, 4, 0, 0),
        ["Range mean, f -1"] = () => new RangeMeanGiven(EveryRule.Rows(0, 1, 3, 3), -1, 0, 1, SortGradient.Mean),
        ["Range mean, from -1"] = () => new RangeMeanGiven(EveryRule.Rows(0, 1, 3, 3), 1, -1, 1, SortGradient.Mean),
        ["Range mean, nothing kept"] = () => new RangeMeanGiven(EveryRule.Rows(0, 1, 3, 3), 1, 2, 2, SortGradient.Mean),
        ["Logit flipping, amplification 0"] = () => new LogitFlipping(0),
        ["Logit flipping, amplification NaN"] = () => new LogitFlipping(double.NaN),
        ["Logit flipping, amplification infinite"] = () => new LogitFlipping(double.PositiveInfinity),
        ["PGD-cw, steps -1"] = () => new ProjectedGradientAttack(-1),
        ["Projected gradient, steps -1"] = () => new ProjectedGradient(-1),
        ["Projected gradient, step 0"] = () => new ProjectedGradient(step: 0),
        ["Auto-PGD, steps -1"] = () => new AutoProjectedGradient(-1),
        ["Auto-PGD attack, steps -1"] = () =>
            new AutoProjectedGradientAttack(new ScoreMargin(), SortGradient.True, AscentStart.Drawn, -1),
        ["Auto-PGD attack, no loss"] = () =>
            new AutoProjectedGradientAttack(null!, SortGradient.True, AscentStart.Drawn),
        ["Carlini-Wagner, confidence -1"] = () => new CarliniWagner(ScoreScale.Logits, -1),
        ["Own targets, no rounds"] = () => new PerClientTargets(0),
        ["Two targets, none"] = () => new TwoTargets(0),
        ["Random search, no queries"] = () => new RandomSearch(0),
        ["Random clients, draw 0"] = () => new RandomClientSelection(0),
        ["Targeted clients, rank 0"] = () => new TargetedClientSelection(0),
        ["Constant's certificate, answer -1"] = () => new ConstantWorstCase(-1),
        ["DeepSet's certificate, trim -1"] = () => new DeepSetCertificate(Network, -1),
        ["DeepSet's certificate, no network"] = () => new DeepSetCertificate(null!, 1),
        ["Range mean's certificate, no rule"] = () => new RangeMeanWorstCase(null!),
        ["Theorem 1, no rule"] = () => new TheoremOneCertificate(null!),
        ["Margin bounds, no network"] = () => new MarginBounds(null!),
    };

    public static TheoryData<string> Names => [.. Refused.Keys];

    [Theory, MemberData(nameof(Names))]
    public void An_argument_that_makes_no_sense_is_refused_in_one_line(string name)
    {
        var refusal = Assert.ThrowsAny<ArgumentException>(Refused[name]);
        Assert.True(refusal is ArgumentOutOfRangeException or ArgumentNullException, refusal.GetType().Name);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void The_message_says_which_argument_and_what_it_may_be() =>
        Assert.StartsWith(
            "trim is -1; it must be at least 0",
            Assert.Throws<ArgumentOutOfRangeException>(() => new CoordinateWiseTrimmedMean(-1)).Message
        );
}
