using RobustInference.Aggregators;
using RobustInference.Catalogue;
using RobustInference.Inputs;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Running;

namespace RobustInference.Assessment;

/// <summary>An ensemble's answers as a report looks at them: in memory, or a block of samples after the other where
/// they are too many.</summary>
sealed class AssessedAnswers
{
    readonly CellRunner runner;
    readonly InputEnsemble? whole;
    readonly BlockedAnswers? large;
    readonly StreamedEvaluation? streamed;

    /// <param name="runner">Runs and records the cells.</param>
    /// <param name="input">Answers in memory; the caller keeps them.</param>
    public AssessedAnswers(CellRunner runner, InputEnsemble input)
    {
        (this.runner, whole) = (runner, input);
        var test = input.Archive.Test;
        (Title, FullTitle, Understood, Names) = (input.Title, input.FullTitle, input.Understood, input.Names);
        (Samples, Clients, Classes) = (test.Samples, test.Clients, test.Classes);
        (Validation, Labels) = (input.Archive.Validation, test.Labels.Integers());
    }

    /// <param name="runner">Runs and records the cells.</param>
    /// <param name="input">Answers in blocks; the caller keeps them.</param>
    public AssessedAnswers(CellRunner runner, BlockedAnswers input)
    {
        (this.runner, large) = (runner, input);
        streamed = new StreamedEvaluation(runner, input);
        (Title, FullTitle, Understood, Names) = (input.Title, input.Title, input.Understood, input.Names);
        (Samples, Clients, Classes) = (input.Samples, input.Clients, input.Classes);
        (Validation, Labels) = (input.Validation, input.Labels);
    }

    /// <summary>What the input is called.</summary>
    public string Title { get; }

    /// <summary>The title, with the split where there was one.</summary>
    public string FullTitle { get; }

    /// <summary>What was taken for what.</summary>
    public string Understood { get; }

    /// <summary>What clients and classes are called.</summary>
    public EnsembleNames Names { get; }

    /// <summary>Test samples.</summary>
    public int Samples { get; }

    /// <summary>n.</summary>
    public int Clients { get; }

    /// <summary>K.</summary>
    public int Classes { get; }

    /// <summary>The server's validation data; null where there is none.</summary>
    public ProbitSet? Validation { get; }

    /// <summary>The label of every test sample.</summary>
    public IReadOnlyList<long> Labels { get; }

    /// <summary>Whether the answers are read in blocks.</summary>
    public bool AreInBlocks => large is not null;

    /// <summary>The ensemble as cells name it.</summary>
    /// <param name="progress">Told how much of a large file is read for its hash, 0…1.</param>
    /// <param name="cancel">Checked on the way.</param>
    public EnsembleId Ensemble(Action<double>? progress = null, CancellationToken cancel = default) =>
        large is null ? runner.Ensembles.Add(whole!) : runner.Ensembles.Add(large, progress, cancel);

    /// <summary>What is in them, and what each client is like.</summary>
    /// <param name="progress">Told how much is looked at, 0…1.</param>
    /// <param name="cancel">Checked between blocks.</param>
    public (InputFacts Facts, IReadOnlyList<ClientFacts> Clients) Look(
        Action<double> progress,
        CancellationToken cancel
    )
    {
        if (large is null)
            return (InputFacts.Of(whole!), ClientFacts.Of(whole!.Archive.Test, Names));
        var scan = new ClientScan(Clients, Classes);
        int seen = 0;
        var facts = InputFacts.Of(
            large,
            block =>
            {
                scan.Add(block);
                seen += block.Samples;
                progress((double)seen / Samples);
            },
            cancel
        );
        return (facts, scan.ToFacts(Names));
    }

    /// <summary>The results of cells.</summary>
    public void Run(IReadOnlyList<ExperimentCell> cells, Action<string, double> progress, CancellationToken cancel)
    {
        if (streamed is null)
            runner.Run(cells, at => progress(at.Stage, at.Done), cancel);
        else
            streamed.Run(cells, progress, cancel);
    }

    /// <summary>Certificates of rules under one threat model.</summary>
    public Certification Certify(ThreatModel threat) => new(runner, Ensemble(), threat, streamed: streamed);

    /// <summary>What must be trained for cells, and where it is kept; not known before the work for answers in
    /// blocks.</summary>
    public IReadOnlyList<(string Rule, string File)> ToTrain(IEnumerable<ExperimentCell> cells) =>
        large is null ? runner.ToTrain(cells) : [];

    /// <summary>A rule as cells have it.</summary>
    /// <returns>The caller disposes it.</returns>
    public Aggregator Make(ExperimentCell cell)
    {
        using var inputs = ForRules();
        return runner.Make(inputs, cell);
    }

    /// <summary>The file that keeps a trained rule, whether it is there or not.</summary>
    public string TrainedFile(AggregatorSetting rule, int corrupted)
    {
        using var inputs = ForRules();
        return RuleCatalog
            .Named(rule.Name)
            .TrainedFile!(
                rule.Settings,
                new RuleInputs(
                    Title,
                    inputs.Validation,
                    inputs.Test,
                    Clients,
                    corrupted,
                    WorkbookFolder.TrainedAggregators
                )
            );
    }

    /// <summary>A draw of the test samples, the same for the same number of them, with a validation sample where there
    /// are some.</summary>
    /// <param name="count">How many, at most all.</param>
    /// <param name="cancel">Checked between blocks.</param>
    /// <returns>The caller disposes it.</returns>
    public ProbitArchive Draw(int count, CancellationToken cancel)
    {
        if (large is null)
            return whole!.Archive.Subset(Validation?.Samples ?? 1, count, 0);
        long[] wanted = ProbitArchive.DrawnSamples("test", Samples, count, 0);
        var parts = new List<ProbitSet>();
        try
        {
            foreach (var (from, block) in Blocks(cancel))
            {
                long[] own =
                [
                    .. wanted
                        .SkipWhile(sample => sample < from)
                        .TakeWhile(sample => sample < from + block.Samples)
                        .Select(sample => sample - from),
                ];
                if (own.Length > 0)
                    parts.Add(block.Select(own));
            }
            return new ProbitArchive(Validation?.Shared(), ProbitSet.Join(parts)) { Names = Names };
        }
        finally
        {
            foreach (var part in parts)
                part.Dispose();
        }
    }

    /// <summary>The test answers, block by block with the number of the first sample; a block lives until the next one
    /// is asked for.</summary>
    public IEnumerable<(int From, ProbitSet Block)> Blocks(CancellationToken cancel)
    {
        if (large is null)
        {
            yield return (0, whole!.Archive.Test);
            yield break;
        }
        int from = 0;
        foreach (var block in large.Blocks(large.BlockSamples, cancel))
        {
            using var own = block;
            yield return (from, own);
            from += own.Samples;
        }
    }

    ProbitArchive ForRules() =>
        streamed?.ForRules() ?? new ProbitArchive(Validation?.Shared(), whole!.Archive.Test.Shared());
}
