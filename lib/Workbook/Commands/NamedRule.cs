using RobustInference.Aggregators;
using RobustInference.Catalogue;
using RobustInference.Files;
using RobustInference.Probits;
using RobustInference.Serving;

namespace Workbook.Commands;

/// <summary>A rule as a command names it: the file of a trained one, or a static one by its name.</summary>
static class NamedRule
{
    /// <summary>What help says of it.</summary>
    public const string Description =
        "A trained rule from 'workbook aggregator train' (.safetensors), or a static rule by its name, such as CWTM.";

    // Of these nothing depends on f.
    static readonly string[] WithoutCorrupted =
    [
        RuleId.Mean,
        RuleId.CoordinateWiseMedian,
        RuleId.GeometricMedian,
        RuleId.PluralityVote,
        RuleId.CentredClipping,
    ];

    /// <summary>Whether it names a file.</summary>
    public static bool IsFile(string rule) =>
        rule.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) || File.Exists(rule);

    /// <summary>The rule of a file.</summary>
    /// <exception cref="InvalidDataException">It holds no trained rule.</exception>
    public static ServedRule Read(string path)
    {
        // Says what is no regular file.
        using (InputFile.Open(path, "a trained rule")) { }
        return ServedRule.Read(path);
    }

    /// <summary>A static rule by its name.</summary>
    /// <param name="rule">Its id.</param>
    /// <param name="clients">n.</param>
    /// <param name="classes">K.</param>
    /// <param name="corrupted">f; null where it was not given.</param>
    /// <exception cref="ArgumentException">No such rule, one that is trained or knows labels, or one that needs
    /// f.</exception>
    public static Aggregator Static(string rule, int clients, int classes, int? corrupted)
    {
        var entry = RuleCatalog.Named(rule);
        if (entry.IsTrained || entry.SettingsType is not null)
            throw new ArgumentException(
                $"{rule} is trained: train it with 'workbook aggregator train' and name its .safetensors file"
            );
        if (entry.Id == RuleId.Constant)
            throw new ArgumentException("Constant is the most frequent label and has no use where there are none");
        if (corrupted is null && !WithoutCorrupted.Contains(entry.Id))
            throw new ArgumentException($"{rule} depends on the number of corrupted clients: give --corrupted");
        _ = ThreatModel.Draw(clients, corrupted ?? 0, 0);
        float[] uniform = [.. Enumerable.Repeat(1f / classes, clients * classes)];
        using var some = ProbitSet.FromProbits("no answers", uniform, [1, clients, classes], [0]);
        return entry.Make(null, new RuleInputs("the answers", null, some, clients, corrupted ?? 0, ""));
    }
}
