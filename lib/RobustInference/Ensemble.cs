using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Catalogue;
using RobustInference.Certificates;
using RobustInference.Evaluation;
using RobustInference.Inputs;
using RobustInference.Probits;

namespace RobustInference;

/// <summary>Answers of n clients, and what can be asked of them: how a rule stands under attack, what is proved for it,
/// what it answers.</summary>
/// <remarks>An ensemble owns its answers, a rule what it has learned: dispose both. Everything else that is returned is
/// plain data.</remarks>
/// <example>
/// <code>
/// using var ensemble = Ensemble.Read("mine.npz");
/// using var rule = ensemble.Rule("CWTM", corrupted: 2);
/// var threat = ThreatModel.Draw(ensemble.Clients, corrupted: 2, seed: 0);
/// Console.WriteLine(ensemble.Evaluate(rule, threat).WorstCase);
/// Console.WriteLine(ensemble.Certify(rule, threat).Fixed);
/// Console.WriteLine(rule.Predict(ensemble.Answers)[0].Radius);
/// </code>
/// </example>
public sealed class Ensemble : IDisposable
{
    /// <param name="answers">What the clients answered, with labels; owned from here on.</param>
    /// <param name="validation">The server's validation data, for rules that are trained; owned from here on.</param>
    /// <exception cref="ArgumentException">The two have different clients or classes.</exception>
    public Ensemble(ProbitSet answers, ProbitSet? validation = null)
    {
        if (validation is not null && (validation.Clients, validation.Classes) != (answers.Clients, answers.Classes))
            throw new ArgumentException(
                $"validation has {validation.Clients} clients and {validation.Classes} classes, "
                    + $"the answers {answers.Clients} and {answers.Classes}"
            );
        (Answers, Validation) = (answers, validation);
    }

    /// <summary>What the clients answered.</summary>
    public ProbitSet Answers { get; }

    /// <summary>The server's validation data; null where there is none.</summary>
    public ProbitSet? Validation { get; }

    /// <summary>n.</summary>
    public int Clients => Answers.Clients;

    /// <summary>K.</summary>
    public int Classes => Answers.Classes;

    /// <summary>Reads an <c>.npz</c>; see <see cref="ProbitArchive.Read"/> for the names of its arrays.</summary>
    /// <exception cref="InvalidDataException">The message names the file, the array and the place in it.</exception>
    public static Ensemble Read(string path)
    {
        var archive = ProbitArchive.Read(path);
        return new(archive.Test, archive.Validation);
    }

    /// <summary>Reads answers from any file of NumPy, safetensors or torch, or a folder of them; see
    /// <see cref="InputReader"/>. Tables are read by <c>RobustInference.Experiments</c>.</summary>
    /// <param name="path">A file or folder.</param>
    /// <param name="options">What is said of it; what is not said is guessed where it is clear.</param>
    /// <exception cref="InvalidDataException">One line with file, place, reason and cure.</exception>
    public static Ensemble Read(string path, InputOptions options)
    {
        var archive = InputReader.Core.Read([path], options).Archive;
        return new(archive.Test, archive.Validation);
    }

    /// <summary>A rule of <see cref="RuleCatalog"/> for this ensemble; one that is learned is trained on the validation
    /// data, or read from where it was kept.</summary>
    /// <param name="id">Such as <c>CWTM</c>.</param>
    /// <param name="corrupted">f.</param>
    /// <param name="keep">The folder that keeps what is trained; a folder of the current user by default.</param>
    /// <param name="progress">Told a stage's name and how much is done, 0…1.</param>
    /// <param name="cancel">Checked while training.</param>
    /// <exception cref="ArgumentException">There is no such rule, or f ≥ n/2.</exception>
    /// <exception cref="InvalidDataException">The rule needs validation data, and there is none.</exception>
    public Aggregator Rule(
        string id,
        int corrupted,
        string? keep = null,
        Action<string, double>? progress = null,
        CancellationToken cancel = default
    )
    {
        _ = ThreatModel.Draw(Clients, corrupted, 0);
        var entry = RuleCatalog.Named(id);
        return entry.Make(
            entry.Fix(null, new EnsembleId("answers", 0, Clients, 0), corrupted),
            new RuleInputs(
                "the ensemble",
                Validation,
                Answers,
                Clients,
                corrupted,
                keep ?? DefaultFolder,
                progress,
                cancel
            )
        );
    }

    /// <summary>What a rule gets right, sample by sample: without corruption, under the six attacks of the paper, and
    /// under a user's own.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="threat">Who is corrupted.</param>
    /// <param name="seed">Random seed of the attacks.</param>
    /// <param name="cancel">Checked between attacks.</param>
    /// <exception cref="ArgumentException">The threat model has another number of clients.</exception>
    public RobustnessReport Evaluate(
        Aggregator rule,
        ThreatModel threat,
        long seed = 0,
        CancellationToken cancel = default
    ) =>
        new RobustnessEvaluation(Answers, Validation, threat, seed).Run(
            rule,
            AttackSuite.Paper,
            [.. AttackSuite.Excluded, .. AttackCatalog.Own.Select(entry => entry.Attack).OfType<IAttack>()],
            cancel: cancel
        );

    /// <summary>What is proved for a rule, against a fixed set of clients and against any f of them per
    /// sample.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="threat">The fixed set, and f.</param>
    /// <exception cref="ArgumentException">The threat model has another number of clients.</exception>
    public CertifiedAccuracy Certify(Aggregator rule, ThreatModel threat) =>
        CertifiedAccuracy.Of(Answers, rule, threat);

    public void Dispose()
    {
        Answers.Dispose();
        Validation?.Dispose();
    }

    static string DefaultFolder =>
        Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData),
            "robust-inference",
            "aggregators"
        );
}
