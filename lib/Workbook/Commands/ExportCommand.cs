using System.CommandLine;
using System.Security.Cryptography;
using RobustInference.Catalogue;
using RobustInference.Serving;
using Workbook.Onnx;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook aggregator export RULE --onnx FILE</c>: a rule for other runtimes.</summary>
static class ExportCommand
{
    public static Command Create()
    {
        var rule = new Argument<string>("RULE") { Description = NamedRule.Description };
        var output = Options.Output("FILE.onnx", "The file to write.", "--onnx");
        output.Required = true;
        var corrupted = Options.WholeIfGiven("--corrupted", 0, "CWTM: number of corrupted clients f, its trim.");
        var bounds = new Option<string>("--bounds")
        {
            Description =
                "DeepSets: intervals is fast and may find a smaller radius than the library, never a greater one; "
                + "relaxed finds the library's and takes several times as long.",
            DefaultValueFactory = _ => "intervals",
        };
        bounds.AcceptOnlyFromAmong("intervals", "relaxed");
        var command = new Command(
            "export",
            "Write a rule as ONNX: scores, answer and certified radius of a batch of queries, in float64."
        )
        {
            rule,
            output,
            corrupted,
            bounds,
        };
        command.SetAction(parse =>
            Export(
                parse.GetRequiredValue(rule),
                parse.GetRequiredValue(output)!,
                parse.GetValue(corrupted),
                parse.GetRequiredValue(bounds) == "relaxed" ? OnnxBounds.Relaxed : OnnxBounds.Intervals
            )
        );
        return command.WithExample(
            "./workbook aggregator export certified.safetensors --onnx certified.onnx",
            "./workbook aggregator export CWTM --corrupted 4 --onnx cwtm.onnx"
        );
    }

    static int Export(string name, string output, int? corrupted, OnnxBounds bounds)
    {
        if (NamedRule.IsFile(name))
            OnnxExport.Write(
                output,
                NamedRule.Read(name),
                bounds,
                ("sha256", Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(name))))
            );
        else
            OnnxExport.Write(output, Static(name, corrupted));
        Console.Out.WriteLine($"{output}: input answers; outputs scores, answer, radius, leads");
        return 0;
    }

    static ServedRule Static(string name, int? corrupted) =>
        RuleCatalog.Named(name).Id switch
        {
            RuleId.Mean => ServedRule.Mean,
            RuleId.CoordinateWiseMedian => ServedRule.CoordinateWiseMedian,
            RuleId.PluralityVote => ServedRule.PluralityVote,
            RuleId.CoordinateWiseTrimmedMean => ServedRule.CoordinateWiseTrimmedMean(
                corrupted ?? throw new ArgumentException("CWTM trims f rows on each side: give --corrupted")
            ),
            _ => throw new ArgumentException(
                $"{name} cannot be exported by name: Mean, CWMed, CWTM and Plurality vote can, and the .safetensors "
                    + "files of 'workbook aggregator train'"
            ),
        };
}
