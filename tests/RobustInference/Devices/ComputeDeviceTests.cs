using RobustInference.Devices;
using RobustInference.Files;
using TorchSharp;

namespace Tests.RobustInference.Devices;

public class ComputeDeviceTests
{
    static string Fault(string name) => Assert.Throws<InvalidDataException>(() => ComputeDevice.Parse(name)).Message;

    [Theory, InlineData("gpu"), InlineData(""), InlineData("cuda:"), InlineData("cuda:-1"), InlineData("cuda:x")]
    public void Another_name_is_refused_with_those_that_are_known(string name) =>
        Assert.Equal($"'{name}' is no device; wanted cpu, cuda, cuda:1 or auto", Fault(name));

    [Theory, InlineData("cuda"), InlineData("cuda:3")]
    public void A_gpu_that_is_not_there_is_one_line_that_says_what_to_do(string name)
    {
        Assert.SkipWhen(TorchLibraries.HasCuda, "libtorch has CUDA here");
        string line = Fault(name);
        Assert.StartsWith("no CUDA device: ", line);
        Assert.Contains("--device cpu", line);
        Assert.DoesNotContain('\n', line);
    }

    [Fact]
    public void Without_a_gpu_auto_is_the_processor()
    {
        Assert.SkipWhen(TorchLibraries.HasCuda, "libtorch has CUDA here");
        Assert.Equal(DeviceType.CPU, ComputeDevice.Parse("auto").type);
        Assert.Equal("cpu", ComputeDevice.NameOf(ComputeDevice.Parse("auto")));
    }
}
