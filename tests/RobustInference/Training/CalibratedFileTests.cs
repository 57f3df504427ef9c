using RobustInference.Files;
using RobustInference.Training;
using Tests.RobustInference.Aggregators;

namespace Tests.RobustInference.Training;

public sealed class CalibratedFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory, InlineData(null), InlineData(0), InlineData(2)]
    public void Written_and_read_it_is_the_same_rule(int? trim)
    {
        string path = folder.File("a.safetensors");
        CalibratedFile.Write(path, new TrainedCalibrated(DrawnCalibration.Of(5, 3), trim, 1));
        var again = Assert.IsType<TrainedCalibrated>(TrainedRuleFile.Read(path));
        Assert.Equal((trim, 1), (again.Trim, again.Corrupted));
        using var answers = EveryRule.Rows(1, 20, 5, 3);
        using TorchSharp.torch.Tensor before = new TrainedCalibrated(DrawnCalibration.Of(5, 3), trim, 1).Rule.Scores(
                answers
            ),
            after = again.Rule.Scores(answers);
        Assert.Equal(before.data<float>().ToArray(), after.data<float>().ToArray());
        byte[] bytes = File.ReadAllBytes(path);
        CalibratedFile.Write(path, again);
        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    [Fact]
    public void Answers_of_other_clients_are_refused_in_one_line()
    {
        using var answers = Certificates.Ensembles.Draw(1, 3, 6, 3);
        Assert.Contains(
            "was trained for 5 clients and 3 classes, the answers have 6 and 3",
            Assert
                .Throws<InvalidDataException>(() =>
                    new TrainedCalibrated(DrawnCalibration.Of(5, 3), null, 1).CheckFits("a", answers)
                )
                .Message
        );
    }

    [Theory]
    [InlineData("other kind", "not a rule of calibrated clients")]
    [InlineData("missing tensor", "bias is missing")]
    [InlineData("wrong shape", "weight has the shape (5, 9), wanted (5, 3, 3)")]
    [InlineData("infinite", "bias holds a number that is not finite")]
    [InlineData("another tensor", "tensor more is none of the network's")]
    [InlineData("enormous", "100,000 clients and 100,000 classes are more than are read")]
    [InlineData("trim of half", "'trim' is '3', wanted a whole number in 0…2")]
    [InlineData("neither median nor not", "'median' is '2'")]
    public void A_broken_file_gets_one_line_that_names_it_and_the_place(string how, string says)
    {
        string path = folder.File("broken.safetensors");
        CalibratedFile.Write(path, new TrainedCalibrated(DrawnCalibration.Of(5, 3), 2, 1));
        var (tensors, metadata) = Safetensors.Read(path);
        switch (how)
        {
            case "other kind":
                metadata["kind"] = "something else";
                break;
            case "missing tensor":
                tensors.Remove("bias");
                break;
            case "wrong shape":
                tensors["weight"] = tensors["weight"] with { Shape = [5, 9] };
                break;
            case "infinite":
                tensors["bias"].Values[3] = float.PositiveInfinity;
                break;
            case "another tensor":
                tensors["more"] = tensors["bias"];
                break;
            case "enormous":
                (metadata["clients"], metadata["classes"]) = ("100000", "100000");
                break;
            case "trim of half":
                metadata["trim"] = "3";
                break;
            case "neither median nor not":
                metadata["median"] = "2";
                break;
            default:
                throw new ArgumentException(how);
        }
        Safetensors.Write(path, tensors, metadata);
        string message = Assert.Throws<InvalidDataException>(() => CalibratedFile.Read(path)).Message;
        Assert.Contains(path, message);
        Assert.Contains(says, message);
        Assert.DoesNotContain('\n', message);
    }
}
