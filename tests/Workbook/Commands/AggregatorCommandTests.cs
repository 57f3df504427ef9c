using RobustInference.Probits;
using RobustInference.Training;
using Tests.RobustInference.Files;
using Tests.RobustInference.Probits;

namespace Tests.Workbook.Commands;

public sealed class AggregatorVerbTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    string[] Arguments(string file, string output, string corrupted = "1") =>
        [
            "aggregator",
            "train",
            file,
            "--corrupted",
            corrupted,
            "--hidden",
            "16",
            "--passes",
            "2",
            "--steps",
            "2",
            "--out",
            output,
        ];

    static void Refused(WorkbookProcess.Result result, params string[] says)
    {
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.All(says, part => Assert.Contains(part, Assert.Single(result.Remarks)));
    }

    [Fact]
    public void A_trained_network_is_written_whole_and_evaluate_takes_it()
    {
        string file = BrokenProbitFiles.WriteSound(folder.Path),
            output = folder.File("new/deepset.safetensors");
        // What another run of the tests has trained shall not be read.
        var result = WorkbookProcess.Run([("WORKBOOK_ROOT", folder.File("root"))], Arguments(file, output));
        Assert.Equal((0, ""), (result.ExitCode, string.Concat(result.Remarks)));
        Assert.StartsWith(output + ": trained on all validation data", result.Output);
        var (network, trim) = DeepSetFile.Read(output);
        // Three networks of 16 units, averaged, are one of 48.
        Assert.Equal((1, 3, 3 * 16), (trim, network.Classes, network.Hidden));
        Assert.Equal([output], Directory.GetFiles(folder.File("new")));
        Assert.Contains(
            "DeepSet-TM",
            WorkbookProcess.Run("evaluate", file, "--corrupted", "1", "--aggregator", output).Output
        );
        byte[] bytes = File.ReadAllBytes(output);
        WorkbookProcess.Run([.. Arguments(file, output), "--inner", "pgd"]);
        Assert.Equal(bytes, File.ReadAllBytes(output));
        var first = WorkbookProcess.Run(
            [("WORKBOOK_ROOT", folder.File("root"))],
            [.. Arguments(file, folder.File("first.safetensors")), "--recipe", "first"]
        );
        Assert.StartsWith(folder.File("first.safetensors") + ": worst case ", first.Output);
        WorkbookProcess.Run([.. Arguments(file, output), "--inner", "worst"]);
        Assert.NotEqual(bytes, File.ReadAllBytes(output));
    }

    [Fact]
    public void Validation_data_with_views_have_a_recipe_of_their_own()
    {
        string file = folder.File("views.npz"),
            output = folder.File("deepset.safetensors");
        using (var plain = ProbitArchive.Read(BrokenProbitFiles.WriteSound(folder.Path)))
        using (
            var seen = plain with
            {
                Validation = plain.Validation!.WithViews([plain.Validation.Mapped(rows => rows.flip(2))]),
            }
        )
            seen.Write(file);
        byte[] Trained(params string[] more)
        {
            Assert.Equal(0, WorkbookProcess.Run([.. Arguments(file, output), .. more]).ExitCode);
            return File.ReadAllBytes(output);
        }
        byte[] own = Trained();
        Assert.Equal(own, Trained("--recipe", "augmented"));
        // Two networks of 16 units, averaged.
        Assert.Equal(2 * 16, DeepSetFile.Read(output).Network.Hidden);
        Assert.NotEqual(own, Trained("--recipe", "balanced"));
        Assert.NotEqual(own, Trained("--inner", "pgd"));
    }

    [Theory, InlineData("fixed"), InlineData("any")]
    public void A_network_that_was_trained_for_its_certificate_says_so_to_evaluate(string adversary)
    {
        string file = BrokenProbitFiles.WriteSound(folder.Path),
            output = folder.File("certified.safetensors");
        string[] arguments =
        [
            "aggregator",
            "train",
            file,
            "--corrupted",
            "1",
            "--kind",
            "certified",
            "--adversary",
            adversary,
            "--hidden",
            "4",
            "--passes",
            "2",
            "--held-out",
            "0.4",
            "--out",
            output,
        ];
        var result = WorkbookProcess.Run(arguments);
        Assert.Equal((0, ""), (result.ExitCode, string.Concat(result.Remarks)));
        Assert.Matches(
            "^"
                + System.Text.RegularExpressions.Regex.Escape(output)
                + @": t = 2, certified [\d.]+ % at [\d.]+ % clean on held-out validation data$",
            result.Output.Split('\n')[0]
        );
        // An average hides a class that is given up.
        Assert.Matches($@"(?m)^certified of each class, {adversary}: 0: [\d.]+ %, 1: [\d.]+ %", result.Output);
        var trained = DeepSetFile.Read(output);
        Assert.Equal((2, 1, true, 4), (trained.Trim, trained.Corrupted, trained.IsCertified, trained.Network.Hidden));
        var evaluated = WorkbookProcess.Run("evaluate", file, "--corrupted", "1", "--aggregator", output);
        Assert.Contains("CertifiedDeepSet", evaluated.Output);
        Assert.DoesNotContain("DeepSet-TM", evaluated.Output);
        Assert.Empty(string.Concat(evaluated.Remarks));
    }

    [Fact]
    public void A_trim_a_weight_or_a_share_that_cannot_be_is_one_line()
    {
        string file = BrokenProbitFiles.WriteSound(folder.Path),
            output = folder.File("out.safetensors");
        string[] certified = [.. Arguments(file, output), "--kind", "certified"];
        Refused(WorkbookProcess.Run([.. certified, "--trim", "3"]), "a trim of 3 is not in 1…2");
        Refused(WorkbookProcess.Run([.. certified, "--trim", "0"]), "a trim of 0 is not in 1…2");
        Refused(WorkbookProcess.Run([.. certified, "--weight", "1.5"]), "--weight", "1.5");
        Refused(WorkbookProcess.Run([.. certified, "--held-out", "1"]), "--held-out");
        Assert.False(File.Exists(output));
    }

    [Fact]
    public void What_cannot_be_trained_on_is_one_line_and_nothing_is_written()
    {
        string sound = BrokenProbitFiles.WriteSound(folder.Path),
            alone = folder.File("alone.npz"),
            output = folder.File("out.safetensors");
        File.WriteAllBytes(
            alone,
            NumpyBytes.Zip([
                ("logits.npy", NumpyBytes.Floats("(2, 3, 2)", new float[12])),
                ("labels.npy", NumpyBytes.Longs("(2,)", 0, 1)),
            ])
        );
        Refused(WorkbookProcess.Run(Arguments(alone, output)), "alone.npz", "val_logits");
        Refused(WorkbookProcess.Run(Arguments(sound, output, corrupted: "3")), "3 corrupted of 5 clients");
        Refused(WorkbookProcess.Run(Arguments(sound, folder.Path)), "--out", "is a folder");
        Refused(
            WorkbookProcess.Run(Arguments(BrokenProbitFiles.Named("NaN in validation").Write(folder.Path), output)),
            "val_logits",
            "NaN"
        );
        Assert.False(File.Exists(output));
    }
}
