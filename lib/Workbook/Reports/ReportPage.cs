using System.Net;
using System.Text;
using RobustInference.Assessment;
using RobustInference.Reporting;
using Workbook.Notebooks.Pages;

namespace Workbook.Reports;

/// <summary>A report as one HTML file that needs nothing beside it and runs no script: the verdict, then
/// pictures.</summary>
static class ReportPage
{
    /// <summary>The page.</summary>
    public static string Render(EnsembleReport report, ReportOptions options)
    {
        int last = options.Corrupted[^1];
        string title = $"How far can {report.Title} be trusted?";
        var body = new StringBuilder($"<h1>{Text(title)}</h1>\n");
        body.Append($"<p class=\"verdict\">{Text(report.Verdict.ToString())}</p>\n")
            .Append(Paragraph(About(report, options)));
        foreach (var finding in report.Findings)
            body.Append($"<p class=\"suspicious\"><strong>Suspicious.</strong> {Text(finding.ToString())}.</p>\n");
        body.Append("<h2>Which rule</h2>\n<div class=\"pictures\">\n")
            .Append(
                Picture(
                    ReportFigures.AgainstCorrupted(report),
                    "Solid: certified against any f clients per sample, whatever they send; bands are 95 % "
                        + "intervals. For "
                        + "rules with an exact certificate no attack does more, and some attack does as much. "
                        + "Dashed: what "
                        + "the strong suite left of the rules whose certificate is a bound, or that have none."
                )
            )
            .Append(
                Picture(
                    ReportFigures.CleanAgainstCertified(report, last),
                    "Up and to the right is better: what a rule is certified for, against what it gets right when "
                        + "nobody lies."
                )
            )
            .Append("</div>\n")
            .Append(Scrolled(RuleTable(report, options)))
            .Append("<h2>Which classes</h2>\n")
            .Append(
                "<div class=\"pictures wide\">"
                    + Picture(
                        ReportFigures.PerClass(report),
                        $"Certified share of the samples of each class, f = {last}."
                    )
                    + "</div>\n"
            )
            .Append("<h2>Which clients</h2>\n<div class=\"pictures\">\n")
            .Append(
                Picture(
                    ReportFigures.Clients(report),
                    "Agreement: how often a client answers as most of the others. Calibration error: how far "
                        + "confidence and "
                        + "accuracy are apart."
                )
            );
        if (report.Sets.Count > 0)
            body.Append(Picture(ReportFigures.Costs(report), CostCaption(report)));
        body.Append("</div>\n").Append(Scrolled(SetTable(report)));
        if (report.Edge.Count > 0)
            body.Append("<h2>Nearest to the edge</h2>\n")
                .Append(
                    Paragraph(
                        $"Samples that {report.Verdict.Points[^1].Best.Aggregator} is certified for against "
                            + $"{last}, and only "
                            + "just: look here first for labels or inputs that are hard."
                    )
                )
                .Append(Scrolled(EdgeTable(report)));
        body.Append("<h2>Into production</h2>\n").Append(Shipping(report));
        return Frame(title, body.ToString());
    }

    static string About(EnsembleReport report, ReportOptions options) =>
        FormattableString.Invariant($"{report.Samples:N0} test samples, {report.Clients.Count} clients, ")
        + $"{report.ClassNames.Count} classes; f = {string.Join(", ", options.Corrupted)}; "
        + "any f clients may lie, others for each sample. "
        + (report.Understood == "" ? "" : report.Understood + " ")
        + $"Version {ReportDocument.Version}.";

    static string CostCaption(EnsembleReport report) =>
        string.Join(
            " ",
            report.Sets.Select(sets =>
                $"f = {sets.Corrupted}: {(sets.IsEverySet ? "all" : "a draw of")} {sets.Sets.Count} sets of liars, "
                + $"{sets.Rule}, {sets.Samples} samples."
            )
        ) + " The bar is how much less is certified, on average, where the client is among the liars.";

    static Table RuleTable(EnsembleReport report, ReportOptions options) =>
        new(
            "",
            [
                "Rule",
                Column.OfNumbers("Clean %"),
                .. options.Corrupted.SelectMany(f =>
                    new[]
                    {
                        Column.OfNumbers("Certified %", $"f = {f}"),
                        Column.OfNumbers("±", $"f = {f}"),
                        Column.OfNumbers("Attacked %", $"f = {f}"),
                    }
                ),
            ],
            [
                .. report
                    .Rules.Where(rule => options.Corrupted.Contains(rule.Corrupted))
                    .GroupBy(rule => rule.Rule)
                    .Where(own => own.Select(rule => rule.Corrupted).Distinct().Count() == options.Corrupted.Count)
                    .Select(own =>
                        (IReadOnlyList<Cell>)
                            [
                                own.Key,
                                Cell.OfPercent(own.Last().Clean.Value),
                                .. own.OrderBy(rule => rule.Corrupted)
                                    .SelectMany(rule =>
                                        new[]
                                        {
                                            Cell.OfPercent(rule.Certified?.Value),
                                            Cell.OfPercent((rule.Certified?.High - rule.Certified?.Low) / 2),
                                            Cell.OfPercent(rule.Attacked?.Value),
                                        }
                                    ),
                            ]
                    ),
            ],
            [
                $"Attacked: the strong suite on {Math.Min(options.AttackedSamples, report.Samples)} samples, or "
                    + $"the exact "
                    + "certificate. – Not known.",
            ]
        );

    static Table SetTable(EnsembleReport report) =>
        new(
            "Worst sets of liars",
            ["f", "Liars", Column.OfNumbers("Certified %")],
            [
                .. report.Sets.SelectMany(sets =>
                    sets.Sets.Take(3)
                        .Select(set =>
                            (IReadOnlyList<Cell>)
                                [
                                    $"{sets.Corrupted}",
                                    string.Join(", ", set.Clients.Select(client => report.Clients[client].Name)),
                                    Cell.OfPercent(set.Certified),
                                ]
                        )
                ),
            ]
        );

    static Table EdgeTable(EnsembleReport report) =>
        new(
            "",
            [Column.OfNumbers("Sample"), "Label", Column.OfNumbers("Margin in the worst case")],
            [
                .. report.Edge.Select(sample =>
                    (IReadOnlyList<Cell>)[Cell.Of(sample.Sample, "0"), sample.Label, Cell.Of(sample.Margin, "0.000000")]
                ),
            ]
        );

    static string Shipping(EnsembleReport report) =>
        report.Network is { } file
            ? Paragraph(
                $"The learned rule that was measured lies in {file} (SHA-256 {report.NetworkSha256}). To ship it:"
            ) + $"<pre class=\"code\">./workbook aggregator export {Text(file)} --onnx out.onnx</pre>\n"
            : Paragraph(
                "No learned rule was measured. Static rules need no file; 'workbook aggregator train' trains one on "
                    + "validation data, and 'workbook aggregator export FILE.safetensors --onnx out.onnx' ships it."
            );

    static string Picture(Figure figure, string caption) =>
        "<figure><img alt=\""
        + Text(figure.Title)
        + $"\" src=\"{OutputHtml.Svg(figure.ToSvg())}\"><figcaption>{Text(caption)}</figcaption></figure>\n";

    static string Scrolled(Table table) => $"<div class=\"ri-scroll\" tabindex=\"0\">{table.ToHtml()}</div>\n";

    static string Paragraph(string text) => $"<p>{Text(text)}</p>\n";

    static string Text(string text) => WebUtility.HtmlEncode(text);

    static string Frame(string title, string body) =>
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        + ContentPolicy.Element([])
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" "
        + "href=\"data:,\">\n"
        + $"<title>{Text(title)}</title>\n<style>\n"
        + PageResource.Read("page.css")
        + PageResource.Read("report.css")
        + "</style>\n"
        + $"</head>\n<body class=\"report\">\n<main>\n{body}</main>\n</body>\n</html>\n";
}
