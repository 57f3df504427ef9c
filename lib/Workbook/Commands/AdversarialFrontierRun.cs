using RobustInference.Catalogue;
using RobustInference.Files;
using RobustInference.Paper;
using RobustInference.Probits;
using RobustInference.Running;
using RobustInference.Training;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook aggregator frontier --kind adversarial</c>: recipes of Algorithm 1 and the static rules, on
/// held-out validation data.</summary>
static class AdversarialFrontierRun
{
    /// <summary>Measures what the file does not hold yet, and shows all of it.</summary>
    /// <param name="file">An ensemble's answers.</param>
    /// <param name="recipes">What to measure.</param>
    /// <param name="splits">How many splits of the validation data.</param>
    /// <param name="output">A JSON file that points are added to; null for none.</param>
    /// <param name="drawing">An SVG file; null for none.</param>
    /// <param name="json">Whether to print JSON.</param>
    /// <param name="cancel">Checked before every batch.</param>
    public static int Run(
        string file,
        IReadOnlyList<DeepSetRecipe> recipes,
        int splits,
        string? output,
        string? drawing,
        bool json,
        CancellationToken cancel
    )
    {
        using var archive = ProbitArchive.Read(file);
        var validation =
            archive.Validation
            ?? throw new InvalidDataException(
                $"{file}: holds no val_logits and val_labels; training uses nothing else"
            );
        int corrupted = recipes[0].Corrupted;
        _ = ThreatModel.Draw(validation.Clients, corrupted, 0);
        string name = Path.GetFileNameWithoutExtension(file);
        long[] seeds = [.. Enumerable.Range(0, splits).Select(split => (long)split)];
        var frontier =
            output is not null && File.Exists(output)
                ? AdversarialFrontier.Read(output)
                : new AdversarialFrontier(name, validation.Clients, corrupted, []);
        if ((frontier.Ensemble, frontier.Clients, frontier.Corrupted) != (name, validation.Clients, corrupted))
            throw new ArgumentException(
                $"--out '{output}' is of {frontier.Ensemble} with n = {frontier.Clients}, f = {frontier.Corrupted}"
            );
        string[] rules =
        [
            RuleId.Mean,
            RuleId.CoordinateWiseMedian,
            RuleId.GeometricMedian,
            RuleId.CoordinateWiseTrimmedMean,
        ];
        var missing = recipes.Where(recipe => !Has(RuleId.DeepSetTrimmedMean, recipe)).ToArray();
        StageScreen.Watch(
            ["static rules", .. missing.Select(recipe => recipe.Summary())],
            screen =>
            {
                for (int r = 0; r < rules.Length; r++)
                {
                    screen.Report(0, rules[r], (double)r / rules.Length);
                    if (!Has(rules[r], null))
                        Keep(AdversarialFrontier.Measure(rules[r], validation, corrupted, seeds, cancel));
                }
                screen.Report(0, "done", 1);
                for (int i = 0; i < missing.Length; i++)
                {
                    int bar = i + 1,
                        total = splits * missing[i].AllPasses;
                    var watcher = new PassWatcher(pass =>
                        screen.Report(
                            bar,
                            FormattableString.Invariant($"pass {pass.Pass} of {total}, loss {pass.Loss:F3}"),
                            (double)pass.Pass / total
                        )
                    );
                    Keep(AdversarialFrontier.Measure(missing[i], validation, seeds, watcher, cancel));
                }
                return 0;
            }
        );
        if (drawing is not null)
            AtomicFile.WriteText(drawing, AdversarialFrontierFigure.Of(frontier).ToSvg());
        if (json)
            Screen.Json(frontier);
        else
            ResultDocument.Show(frontier.ToTable());
        return 0;

        bool Has(string rule, DeepSetRecipe? recipe) =>
            frontier.Points.Any(point => point.Rule == rule && point.Recipe == recipe && point.Splits == splits);

        void Keep(AdversarialPoint point)
        {
            frontier = output is null ? frontier.With(point) : frontier.AddTo(output, point);
        }
    }
}
