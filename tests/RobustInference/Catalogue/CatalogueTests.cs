using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Catalogue;
using RobustInference.Probits;
using Tests.RobustInference.Attacks;

namespace Tests.RobustInference.Catalogue;

public class CatalogueTests
{
    [Fact]
    public void Ids_are_those_of_recorded_results() =>
        Assert.Equal(
            [
                "Mean",
                "CWMed",
                "GM",
                "CWTM",
                "Plurality vote",
                "Constant",
                "DeepSet",
                "DeepSet-TM",
                "CertifiedDeepSet",
                "CertifiedVote",
                "Calibrated CWMed",
                "Calibrated CWTM",
                "Calibrated DeepSet-TM",
                "COPUR",
                "Manifold projection",
                "Trained file",
                "Krum",
                "Multi-Krum",
                "Centred clipping",
                "Trimmed vote",
                "NNM + CWTM",
                "NNM + Krum",
                "Bulyan",
                "Bucketing + CWTM",
                "Bucketing + Krum",
            ],
            RuleCatalog.Library.Select(entry => entry.Id)
        );

    [Fact]
    public void A_rule_guarantees_what_its_entry_says()
    {
        var (answers, validation) = EveryAttack.Ensemble(seed: 1);
        foreach (var entry in RuleCatalog.Library.Where(entry => !entry.IsTrained && entry.Id != RuleId.TrainedFile))
        {
            using var rule = entry.Make(null, new RuleInputs("x", validation, answers, answers.Clients, 1, ""));
            Assert.Equal(entry.Guarantee == RuleGuarantee.Exact, rule.Certificate(Adversary.Any) is { IsExact: true });
            Assert.Equal(entry.Guarantee == RuleGuarantee.None, rule.Certificate(Adversary.Any) is null);
            Assert.Equal(
                entry.HasKappa,
                rule.Kappa(answers.Clients, 1) is not null || rule is Mean && rule.Kappa(answers.Clients, 0) == 0
            );
            Assert.Equal(entry.Id, rule.Name);
        }
    }

    [Fact]
    public void Rules_that_know_who_answers_are_marked_and_two_of_them_are_compared_by_default()
    {
        string[] knowing =
        [
            .. RuleCatalog.Library.Where(entry => entry.Needs.HasFlag(RuleNeeds.Clients)).Select(entry => entry.Id),
        ];
        Assert.Equal(
            [
                RuleId.CertifiedVote,
                RuleId.CalibratedMedian,
                RuleId.CalibratedTrimmedMean,
                RuleId.CalibratedDeepSet,
                RuleId.Copur,
                RuleId.ManifoldProjection,
            ],
            knowing
        );
        Assert.Equal(
            [RuleId.CertifiedVote, RuleId.CalibratedMedian],
            RuleCatalog.Default.Select(entry => entry.Id).Intersect(knowing)
        );
    }

    [Fact]
    public void The_librarys_names_cannot_be_taken()
    {
        Assert.Throws<ArgumentException>(() => RuleCatalog.Register(RuleId.Mean, (_, _) => new Mean()));
        Assert.Throws<ArgumentException>(() => AttackCatalog.Register(new LossMaximization()));
    }

    [Fact]
    public void Every_attack_of_the_suites_stands_in_the_catalogue_once()
    {
        foreach (var attack in AttackSuite.Paper.Concat(AttackSuite.Excluded))
            Assert.Same(attack, AttackCatalog.Library.Single(entry => entry.Id == attack.Name).Attack);
    }
}
