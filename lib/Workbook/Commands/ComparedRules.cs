using RobustInference.Catalogue;
using RobustInference.Inputs;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Running;
using RobustInference.Training;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary>What <c>evaluate</c> and <c>certify</c> look at: the same rules on the same file.</summary>
/// <param name="Ensemble">The file's answers.</param>
/// <param name="Threat">The fixed set, and f.</param>
/// <param name="Rules">The catalogue's default rules; with a trained rule that was named, that one in the place of
/// those that would be trained.</param>
/// <param name="HasValidation">Whether the file has validation data.</param>
sealed record ComparedRules(
    EnsembleId Ensemble,
    ThreatModel Threat,
    IReadOnlyList<RuleUnderThreat> Rules,
    bool HasValidation
)
{
    /// <summary>Whether a rule of that name in tables is learned.</summary>
    public bool IsLearned(string label) =>
        Rules.Any(rule => rule.Rule.Label == label && !IsStatic(rule.Rule.Name)) || label == RuleId.TrainedFile;

    static bool IsStatic(string id) => RuleCatalog.IsStatic(id) && id != RuleId.TrainedFile;

    /// <summary>Reads the file, and the trained rule where one is named.</summary>
    /// <param name="runner">Will run the cells.</param>
    /// <param name="input">An ensemble's answers; the caller keeps them.</param>
    /// <param name="corrupted">f.</param>
    /// <param name="clients">The corrupted clients; a draw with seed 0 by default.</param>
    /// <param name="aggregator">A file of <c>aggregator train</c>; null for what the catalogue has.</param>
    /// <exception cref="InvalidDataException">A file is not what it should be, or the two do not fit.</exception>
    /// <exception cref="ArgumentException">f ≥ n/2, or f clients are not named.</exception>
    public static ComparedRules Open(
        CellRunner runner,
        InputEnsemble input,
        int corrupted,
        int[]? clients,
        string? aggregator
    )
    {
        var test = input.Archive.Test;
        return Of(
            runner,
            runner.Ensembles.Add(input),
            ThreatOf(test.Clients, corrupted, clients),
            test,
            input.Archive.Validation is not null,
            aggregator
        );
    }

    /// <summary>The same on answers that are read in blocks.</summary>
    public static ComparedRules Open(
        CellRunner runner,
        BlockedAnswers input,
        int corrupted,
        int[]? clients,
        string? aggregator,
        CancellationToken cancel
    )
    {
        using var first = input.Blocks(1).First();
        return Of(
            runner,
            StageScreen.Watch(
                [Path.GetFileName(input.Path)],
                screen =>
                    runner.Ensembles.Add(
                        input,
                        done => screen.Report(0, "looking for recorded results of this file", done),
                        cancel
                    )
            ),
            ThreatOf(input.Clients, corrupted, clients),
            first,
            input.Validation is not null,
            aggregator
        );
    }

    static ComparedRules Of(
        CellRunner runner,
        EnsembleId ensemble,
        ThreatModel threat,
        ProbitSet answers,
        bool hasValidation,
        string? aggregator
    )
    {
        int corrupted = threat.Count;
        if (aggregator is not null)
            CheckTrained(aggregator, answers, threat);
        return new(
            ensemble,
            threat,
            aggregator is null
                ? RuleUnderThreat.Defaults(corrupted, hasValidation)
                :
                [
                    .. RuleUnderThreat
                        .Defaults(corrupted, hasValidation)
                        .Where(rule => RuleCatalog.IsStatic(rule.Rule.Name)),
                    new(runner.AddTrained(aggregator)),
                ],
            hasValidation
        );
    }

    /// <summary>The named clients, or a draw with seed 0.</summary>
    /// <exception cref="ArgumentException">Their number is not f, an index is out of range, or f ≥ n/2.</exception>
    public static ThreatModel ThreatOf(int clients, int corrupted, int[]? named)
    {
        if (named is null)
            return ThreatModel.Draw(clients, corrupted, 0);
        if (named.Length != corrupted)
            throw new ArgumentException($"--corrupted is {corrupted}, but --corrupted-clients names {named.Length}");
        return new ThreatModel(clients, named);
    }

    /// <summary>Names what has to be trained, and where it is kept, before hours go by.</summary>
    public static void SayWhatIsTrained(CellRunner runner, IEnumerable<ExperimentCell> cells)
    {
        foreach (var (rule, file) in runner.ToTrain(cells))
            Screen.Remark($"Training {rule}; kept in {Path.GetRelativePath(Environment.CurrentDirectory, file)}.");
    }

    static void CheckTrained(string path, ProbitSet test, ThreatModel threat)
    {
        var trained = TrainedRuleFile.Read(path);
        using var rule = trained.Rule;
        trained.CheckFits(path, test);
        // A median of calibrated clients is the same for every f.
        if (trained.Corrupted == threat.Count || trained is TrainedCalibrated { Trim: null })
            return;
        int? trim = (trained as TrainedDeepSet)?.Trim ?? (trained as TrainedCalibrated)?.Trim;
        Screen.Remark(
            $"{path} was trained for f = {trained.Corrupted}; "
                + (trim is null ? "" : $"its trim stays {trim}, ")
                + $"here f = {threat.Count}."
        );
    }
}
