using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Evaluation;
using RobustInference.Numerics;
using RobustInference.Probits;

namespace RobustInference.Running;

/// <summary>Lemma 1 of the paper in numbers: R_adv(ψ_rob) ≤ R(ψ_o) + E[ℓ_adv_{ψ_rob}(x, ψ_o(h(x)))] with ψ_o the plain
/// mean, all three known exactly.</summary>
/// <param name="RobustRisk">R_adv(ψ_rob): the share of samples that the adversary can make the rule answer
/// wrongly.</param>
/// <param name="CleanRisk">R(ψ_o): the share on which the mean of the uncorrupted answers is wrong.</param>
/// <param name="Gap">The robustness gap: the share on which the adversary can make the rule answer otherwise than that
/// mean.</param>
public sealed record LemmaOne(double RobustRisk, double CleanRisk, double Gap)
{
    /// <summary>Measures all three; ties count as lost on either side.</summary>
    /// <param name="robust">A rule whose worst case is known exactly.</param>
    /// <param name="answers">The ensemble.</param>
    /// <param name="adversary">Who picks the corrupted clients.</param>
    /// <param name="threat">Which ones, or how many.</param>
    /// <exception cref="ArgumentException">The rule's worst case is not known exactly.</exception>
    public static LemmaOne Measure(ProbitSet answers, Aggregator robust, Adversary adversary, ThreatModel threat)
    {
        var certificate =
            (robust.Certificate(adversary) is { IsExact: true } exact ? exact : null)
            ?? throw new ArgumentException($"the worst case of {robust.Name} is not known exactly");
        using var mean = new Mean();
        using var scores = mean.Scores(answers.Probits);
        using var classes = scores.argmax(1);
        using var asTheMeanHasIt = answers.WithLabels(classes.Integers());
        bool[] isRight = Predictions.Correct(scores, answers.Labels),
            isDecided = Predictions.Correct(scores, asTheMeanHasIt.Labels);
        double lost = certificate
            .Certified(asTheMeanHasIt, adversary, threat)
            .Zip(isDecided)
            .Count(pair => !(pair.First && pair.Second));
        return new LemmaOne(
            1 - RobustnessReport.Accuracy(certificate.Certified(answers, adversary, threat)),
            1 - RobustnessReport.Accuracy(isRight),
            lost / answers.Samples
        );
    }
}
