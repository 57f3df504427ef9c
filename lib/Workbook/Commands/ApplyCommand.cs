using System.CommandLine;
using System.Globalization;
using RobustInference.Aggregators;
using RobustInference.Evaluation;
using RobustInference.Files;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Reporting;
using RobustInference.Serving;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook aggregator apply RULE FILE</c>: answers to new queries with their radius.</summary>
static class ApplyCommand
{
    // So many answers between two looks at the progress.
    const int Chunk = 256;

    public static Command Create()
    {
        var rule = new Argument<string>("RULE") { Description = NamedRule.Description };
        var file = new Argument<string>("FILE")
        {
            Description =
                "The clients' answers: an .npz with logits or probits [samples, clients, classes], or one .npy; labels "
                + "are not needed. A row of NaN stands for a client that sent nothing.",
        };
        var corrupted = Options.WholeIfGiven(
            "--corrupted",
            0,
            "Number of corrupted clients f (f < n/2), absent ones included: what CWTM trims. Adds which answers stand "
                + "and which classes could be the answer."
        );
        var output = Options.Output("FILE.csv", "Writes an answer a line; default: standard output.");
        var json = Options.Json();
        var command = new Command(
            "apply",
            "Answer new queries: class, certified radius and scores. Labels are not needed."
        )
        {
            rule,
            file,
            corrupted,
            output,
            json,
        };
        command.SetAction(
            (parse, cancel) =>
                Task.Run(
                    () =>
                        Apply(
                            parse.GetRequiredValue(rule),
                            parse.GetRequiredValue(file),
                            parse.GetValue(corrupted),
                            parse.GetValue(output),
                            parse.GetValue(json),
                            cancel
                        ),
                    CancellationToken.None
                )
        );
        return command.WithExample(
            "./workbook aggregator apply certified.safetensors new.npz --out answers.csv",
            "./workbook aggregator apply CWTM new.npz --corrupted 4 --out answers.csv"
        );
    }

    static int Apply(string name, string file, int? corrupted, string? output, bool json, CancellationToken cancel)
    {
        if (json && output is null)
            throw new ArgumentException("--json leaves no place for the answers: name a file for them with --out");
        var received = ReceivedAnswers.Read(file);
        if (corrupted is { } f)
            _ = ThreatModel.Draw(received.Clients, f, 0);
        using var made = NamedRule.IsFile(name)
            ? null
            : NamedRule.Static(name, received.Clients, received.Classes, corrupted);
        var served = made is null ? NamedRule.Read(name) : made.ToServed();
        served?.CheckFits(received.Clients, received.Classes);
        string title = served?.Name ?? made!.Name;
        var answers = StageScreen.Watch(
            [title],
            screen =>
            {
                void Told(int done) =>
                    screen.Report(0, $"{done:N0} of {received.Samples:N0} answers", (double)done / received.Samples);
                return served is not null
                    ? Serve(served, received, corrupted, Told, cancel)
                    : Ask(made!, received, Told, cancel);
            }
        );
        if (output is null)
            Write(Console.Out, answers, corrupted);
        else
            AtomicFile.Write(
                output,
                stream =>
                {
                    using var text = new StreamWriter(stream, leaveOpen: true);
                    Write(text, answers, corrupted);
                }
            );
        Tell(title, received, answers, corrupted, output, json);
        return 0;
    }

    /// <summary>Rules without torch: every core answers.</summary>
    static Applied[] Serve(
        ServedRule rule,
        ReceivedAnswers received,
        int? corrupted,
        Action<int> told,
        CancellationToken cancel
    )
    {
        var answers = new Applied[received.Samples];
        int done = 0;
        Parallel.For(
            0,
            (received.Samples + Chunk - 1) / Chunk,
            new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = Environment.ProcessorCount },
            chunk =>
            {
                int to = Math.Min((chunk + 1) * Chunk, received.Samples);
                for (int s = chunk * Chunk; s < to; s++)
                    answers[s] = Placed(
                        received,
                        s,
                        () =>
                        {
                            var answer = rule.Answer(received.Query(s), received.Clients, received.Classes, corrupted);
                            return new(
                                new(
                                    answer.Class,
                                    [.. answer.Scores.Select(score => (float)score)],
                                    answer.Radius,
                                    answer.Absent
                                ),
                                answer.Possible
                            );
                        }
                    );
                told(Interlocked.Add(ref done, to - chunk * Chunk));
            }
        );
        return answers;
    }

    /// <summary>Other rules, such as GM: by the library, one query after the other.</summary>
    static Applied[] Ask(Aggregator rule, ReceivedAnswers received, Action<int> told, CancellationToken cancel)
    {
        var answers = new Applied[received.Samples];
        var rows = new float[received.Clients, received.Classes];
        for (int s = 0; s < answers.Length; s++)
        {
            cancel.ThrowIfCancellationRequested();
            var query = received.Query(s);
            for (int i = 0; i < received.Clients; i++)
            for (int k = 0; k < received.Classes; k++)
                rows[i, k] = query[i * received.Classes + k];
            answers[s] = Placed(received, s, () => new(rule.Predict(rows), null));
            if (s % Chunk == 0)
                told(s);
        }
        return answers;
    }

    static Applied Placed(ReceivedAnswers received, int sample, Func<Applied> answer)
    {
        try
        {
            return answer();
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            throw new InvalidDataException($"{received.Name}, sample {sample}: {e.Message}", e);
        }
    }

    static void Write(TextWriter text, Applied[] answers, int? corrupted)
    {
        text.NewLine = "\n";
        text.Write("sample,answer,radius,absent");
        text.Write(corrupted is null ? "" : ",stands,possible");
        for (int k = 0; k < answers[0].Prediction.Scores.Count; k++)
            text.Write(FormattableString.Invariant($",score_{k}"));
        text.WriteLine();
        for (int s = 0; s < answers.Length; s++)
        {
            var (prediction, possible) = answers[s];
            text.Write(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{s},{(prediction.Class < 0 ? "" : prediction.Class)},{prediction.Radius},{prediction.Absent}"
                )
            );
            if (corrupted is { } f)
                text.Write(
                    $",{(prediction.Radius is null ? "" : Stands(prediction, f) ? "1" : "0")},"
                        + string.Join(' ', possible ?? [])
                );
            foreach (float score in prediction.Scores)
                text.Write(string.Create(CultureInfo.InvariantCulture, $",{score}"));
            text.WriteLine();
        }
    }

    static bool Stands(Prediction prediction, int corrupted) =>
        prediction.Class >= 0 && prediction.Absent + prediction.Radius >= corrupted;

    static void Tell(
        string rule,
        ReceivedAnswers received,
        Applied[] answers,
        int? corrupted,
        string? output,
        bool json
    )
    {
        Prediction[] predictions = [.. answers.Select(answer => answer.Prediction)];
        int ties = predictions.Count(prediction => prediction.Class < 0),
            incomplete = predictions.Count(prediction => prediction.Absent > 0);
        bool certified = predictions.All(prediction => prediction.Radius is not null);
        double? stand =
            certified && corrupted is { } f
                ? (double)predictions.Count(prediction => Stands(prediction, f)) / predictions.Length
                : null;
        double? possible = answers.All(answer => answer.Possible is not null)
            ? answers.Average(answer => answer.Possible!.Count)
            : null;
        var curve = CoverageCurve.Of(predictions, received.Labels);
        if (json)
        {
            Screen.Json(
                new
                {
                    aggregator = rule,
                    clients = received.Clients,
                    corrupted,
                    answers = answers.Length,
                    ties,
                    incomplete,
                    stand,
                    possible_classes = possible,
                    coverage = curve,
                    written = output,
                }
            );
            return;
        }
        string said = string.Create(
            CultureInfo.InvariantCulture,
            $"{(output is null ? "" : output + ": ")}{answers.Length:N0} answers of {received.Clients} clients by "
                + $"{rule}; {ties:N0} ties, {incomplete:N0} queries with absent clients"
        );
        if (!certified)
            said += "; the rule has no certificate";
        if (stand is { } share)
            said += FormattableString.Invariant($"; {100 * share:0.0} % stand against {corrupted} corrupted");
        if (possible is { } classes)
            said += FormattableString.Invariant($", {classes:F2} classes possible on average");
        if (output is null)
        {
            Screen.Remark(said);
            return;
        }
        Console.Out.WriteLine(said);
        if (curve.Count > 1)
            ResultDocument.Show(
                new Table(
                    "Abstaining where fewer corrupted clients than these could change the answer, %",
                    ["Tolerated", .. Columns(received.Labels is not null)],
                    [.. curve.Select(point => Row(point, received.Labels is not null))],
                    ["Tolerated: corrupted clients, absent ones included, against whom the answer stands."]
                )
            );
    }

    static Column[] Columns(bool labelled) =>
        labelled
            ?
            [
                Column.OfNumbers("Answered"),
                Column.OfNumbers("Accuracy of these"),
                Column.OfNumbers("Certified accuracy"),
            ]
            : [Column.OfNumbers("Answered")];

    static IReadOnlyList<Cell> Row(CoveragePoint point, bool labelled) =>
        labelled
            ?
            [
                point.Tolerated.ToString(CultureInfo.InvariantCulture),
                Cell.OfPercent(point.Coverage),
                Cell.OfPercent(point.Accuracy),
                Cell.OfPercent(point.Certified),
            ]
            : [point.Tolerated.ToString(CultureInfo.InvariantCulture), Cell.OfPercent(point.Coverage)];

    /// <summary>An answer, and the classes that it could be where that is known.</summary>
    readonly record struct Applied(Prediction Prediction, IReadOnlyList<int>? Possible);
}
