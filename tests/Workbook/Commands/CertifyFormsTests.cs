using RobustInference.Probits;
using RobustInference.Results;
using Tests.RobustInference.Tabular;

namespace Tests.Workbook.Commands;

public sealed class CertifyFormsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    // Results of another run of the tests shall answer for nothing.
    readonly TemporaryFolder root = new();

    public void Dispose()
    {
        root.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Certify_prints_the_same_json_for_every_form_of_the_embedded_ensemble()
    {
        using var whole = ProbitArchive.Read(WorkbookFolder.Probits("cifar10", 0.5, 0));
        using var embedded = whole.Subset(60, 120, 0);
        var forms = new EnsembleForms(embedded, folder.Path);
        using var network = new global::RobustInference.Networks.DeepSetNetwork(10, 8, 0);
        string trained = folder.File("deepset.safetensors");
        global::RobustInference.Training.DeepSetFile.Write(trained, network, 4);
        string expected = Json(forms.WriteDocumented());
        Assert.Contains("\"certified\"", expected);
        Assert.All(EnsembleForms.Names, form => Assert.Equal(expected, Json(forms.Write(form))));

        string Json(string[] arguments)
        {
            var result = WorkbookProcess.Run(
                [("WORKBOOK_ROOT", root.Path)],
                ["certify", .. arguments, "--corrupted", "4", "--suite", "none", "--aggregator", trained, "--json"]
            );
            Assert.True(result.ExitCode == 0, result.Error);
            return result.Output;
        }
    }
}
