using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using RobustInference.Aggregators;
using RobustInference.Catalogue;
using RobustInference.Certificates;
using RobustInference.Evaluation;
using RobustInference.Files;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Reporting;
using RobustInference.Serving;
using RobustInference.Training;
using TorchSharp;

namespace RobustInference.Running;

/// <summary>Recipes of certified training on one ensemble, between clean and certified accuracy: what its JSON file
/// holds.</summary>
/// <param name="Ensemble">The ensemble's name.</param>
/// <param name="Clients">n.</param>
/// <param name="CorruptedClients">The set that the test figures of fixed recipes are for.</param>
/// <param name="Points">In the order in which they were measured.</param>
public sealed record CertifiedFrontier(
    string Ensemble,
    int Clients,
    IReadOnlyList<int> CorruptedClients,
    IReadOnlyList<FrontierPoint> Points
)
{
    const long Largest = 64 << 20;

    static readonly JsonSerializerOptions Json = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Trains a recipe, or reads it from the cache, and measures it: on held-out data, and on the test set if
    /// asked.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="archive">The ensemble.</param>
    /// <param name="threat">The set for the test figures; only its f where the recipe is for any.</param>
    /// <param name="test">Whether to read the test set: at the end, for what is chosen already.</param>
    /// <param name="cache">Of trained networks.</param>
    /// <param name="progress">Told after every pass.</param>
    /// <param name="cancel">Checked before every batch.</param>
    public static FrontierPoint Measure(
        CertifiedRecipe recipe,
        ProbitArchive archive,
        ThreatModel threat,
        bool test,
        CertifiedDeepSetCache cache,
        IProgress<PassProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        TorchThreads.One();
        var validation =
            archive.Validation
            ?? throw new InvalidDataException("certified training needs validation data (val_logits, val_labels)");
        var trained = cache.Get(recipe, validation, progress, cancel);
        using var network = trained.Network;
        var training = new CertifiedTraining(recipe);
        var held = training.Split(validation).HeldOut;
        using var heldOut = held.Length > 0 ? validation.Select(held) : null;
        (double Clean, double Certified)? before = heldOut is null ? null : Held(training.Measure(network, heldOut)),
            after = null;
        if (test)
        {
            using var untracked = torch.no_grad();
            using var rule = trained.Rule;
            using torch.Tensor scores = rule.Scores(archive.Test.Probits),
                margins = new DeepSetCertificate(network, trained.Trim).Margins(archive.Test, recipe.Adversary, threat);
            after = (
                RobustnessReport.Accuracy(Predictions.Correct(scores, archive.Test.Labels)),
                RobustnessReport.Accuracy([.. margins.data<double>().ToArray().Select(margin => margin > 0)])
            );
        }
        return new FrontierPoint(
            recipe,
            trained.Trim,
            before?.Clean,
            before?.Certified,
            after?.Clean,
            after?.Certified
        );

        static (double, double) Held((double Clean, double Certified, IReadOnlyList<double>) measured) =>
            (measured.Clean, measured.Certified);
    }

    /// <summary>With a point more, in the place of one of the same recipe.</summary>
    public CertifiedFrontier With(FrontierPoint point) =>
        this with
        {
            Points = [.. Points.Where(known => known.Recipe != point.Recipe), point],
        };

    /// <summary>The recipe with the most certified accuracy on held-out data among those that keep the clean accuracy
    /// there; the test figures are not looked at.</summary>
    /// <param name="adversary">Of the threat model.</param>
    /// <param name="leastClean">0…1.</param>
    /// <returns>Null where none keeps it.</returns>
    public FrontierPoint? Best(Adversary adversary, double leastClean) =>
        Points
            .Where(point => point.Recipe.Adversary == adversary && point.HeldOutClean >= leastClean)
            .MaxBy(point => point.HeldOutCertified);

    /// <summary>Adds a point to a file, beside those that other processes have added to it meanwhile.</summary>
    /// <param name="path">Made when it is not there.</param>
    /// <param name="point">Takes the place of one of the same recipe.</param>
    /// <returns>What the file holds now.</returns>
    /// <exception cref="ArgumentException">The file is of another ensemble or other corrupted clients.</exception>
    public CertifiedFrontier AddTo(string path, FrontierPoint point)
    {
        using var held = FileLock.Take(path);
        var added = ReadOrEmpty(path).With(point);
        added.Write(path);
        return added;
    }

    /// <summary>What a file holds; without points where it is not there.</summary>
    /// <param name="path">A file of <see cref="Write"/>.</param>
    /// <exception cref="ArgumentException">It is of another ensemble or other corrupted clients.</exception>
    public CertifiedFrontier ReadOrEmpty(string path)
    {
        if (!File.Exists(path))
            return this with { Points = [] };
        var there = Read(path);
        return
            (there.Ensemble, there.Clients) == (Ensemble, Clients)
            && there.CorruptedClients.SequenceEqual(CorruptedClients)
            ? there
            : throw new ArgumentException(
                $"'{path}' is of {there.Ensemble} with the corrupted clients "
                    + $"{string.Join(", ", there.CorruptedClients)}; name another file"
            );
    }

    /// <summary>Writes atomically.</summary>
    public void Write(string path) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, Json));

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">Not such a file.</exception>
    public static CertifiedFrontier Read(string path)
    {
        byte[] bytes = InputFile.ReadAllBytes(path, Largest, "a frontier of certified training");
        try
        {
            return
                JsonSerializer.Deserialize<CertifiedFrontier>(bytes, Json)
                    is { Points: not null, CorruptedClients: not null } frontier
                && frontier.Points.All(point => point is { Recipe: not null })
                ? frontier
                : throw new InvalidDataException($"{path}: is not a frontier of certified training");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                $"{path}: is not a frontier of certified training ({JsonFault.Reason(e)})",
                e
            );
        }
    }

    /// <summary>A row a point.</summary>
    public Table ToTable() =>
        new(
            $"{Ensemble}: certified training, n = {Clients}",
            [
                "adversary",
                .. new[] { "f", "t", "h", "d", "passes", "weight", "cost" }.Select(header => Column.OfNumbers(header)),
                Column.OfNumbers("clean", "held out"),
                Column.OfNumbers("certified", "held out"),
                Column.OfNumbers("clean", "test"),
                Column.OfNumbers("certified", "test"),
            ],
            [
                .. Points.Select(point =>
                    (IReadOnlyList<Cell>)
                        [
                            point.Recipe.Adversary == Adversary.Fixed ? "fixed" : "any",
                            Cell.Of(point.Recipe.Corrupted),
                            Cell.Of(point.Trim),
                            Cell.Of(point.Recipe.Hidden),
                            Cell.Of(point.Recipe.Decoder),
                            Cell.Of(point.Recipe.Passes),
                            Cell.Of(point.Recipe.Weight),
                            Cell.OfPercent(point.Recipe.Cost),
                            Cell.OfPercent(point.HeldOutClean),
                            Cell.OfPercent(point.HeldOutCertified),
                            Cell.OfPercent(point.TestClean),
                            Cell.OfPercent(point.TestCertified),
                        ]
                ),
            ],
            [
                "Accuracies in %. Recipes are chosen by the held-out figures; test figures of fixed "
                    + "recipes are for the clients "
                    + string.Join(", ", CorruptedClients)
                    + ".",
            ]
        );
}
