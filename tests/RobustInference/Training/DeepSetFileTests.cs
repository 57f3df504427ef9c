using RobustInference.Aggregators;
using RobustInference.Files;
using RobustInference.Networks;
using RobustInference.Training;

namespace Tests.RobustInference.Training;

public sealed class DeepSetFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    (Dictionary<string, NamedTensor> Tensors, Dictionary<string, string> Metadata) Sound()
    {
        using var network = new DeepSetNetwork(3, 4, 1);
        DeepSetFile.Write(folder.File("sound.safetensors"), network, 2);
        return Safetensors.Read(folder.File("sound.safetensors"));
    }

    [Fact]
    public void Written_and_read_it_is_the_same_network()
    {
        using var network = new DeepSetNetwork(3, 4, 1);
        string path = folder.File("a.safetensors");
        DeepSetFile.Write(path, network, 2);
        var (again, trim) = DeepSetFile.Read(path);
        Assert.Equal((2, 3, 4), (trim, again.Classes, again.Hidden));
        foreach (
            var ((name, a), (_, b)) in network
                .named_parameters()
                .OrderBy(p => p.name)
                .Zip(again.named_parameters().OrderBy(p => p.name))
        )
            Assert.True(a.data<float>().ToArray().SequenceEqual(b.data<float>().ToArray()), name);
        byte[] bytes = File.ReadAllBytes(path);
        DeepSetFile.Write(path, again, trim);
        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_file_says_which_rule_it_is()
    {
        using var network = new DeepSetNetwork(3, 4, 1);
        DeepSetFile.Write(folder.File("a.safetensors"), network, 2);
        using var wide = new DeepSetNetwork(3, 4, 1, decoder: 7);
        DeepSetFile.Write(
            folder.File("b.safetensors"),
            new TrainedDeepSet(wide, Trim: 4, Corrupted: 2, IsCertified: true)
        );
        TrainedDeepSet a = DeepSetFile.Read(folder.File("a.safetensors")),
            b = DeepSetFile.Read(folder.File("b.safetensors"));
        Assert.Equal((2, 2, false), (a.Trim, a.Corrupted, a.IsCertified));
        Assert.Equal((4, 2, true), (b.Trim, b.Corrupted, b.IsCertified));
        Assert.Equal((3, 4, 7), (b.Network.Classes, b.Network.Hidden, b.Network.Decoder));
        Assert.Equal(wide.MuOut.weight!.data<float>().ToArray(), b.Network.MuOut.weight!.data<float>().ToArray());
        Assert.Equal(2, Assert.IsType<DeepSetTrimmedMean>(a.Rule).Trim);
        Assert.Equal(4, Assert.IsType<CertifiedDeepSet>(b.Rule).Trim);
    }

    [Fact]
    public void The_weights_carry_the_names_of_the_layers() =>
        Assert.Equal(
            [
                "mu_in.bias",
                "mu_in.weight",
                "mu_out.bias",
                "mu_out.weight",
                "rho_in.bias",
                "rho_in.weight",
                "rho_out.bias",
                "rho_out.weight",
            ],
            Sound().Tensors.Keys.Order()
        );

    public static TheoryData<string, string> Broken =>
        new()
        {
            { "other kind", "not a trained DeepSet" },
            { "no metadata", "not a trained DeepSet" },
            { "missing tensor", "mu_in.weight is missing" },
            { "further tensor", "tensor mu_more.bias is none of the network's" },
            { "wrong shape", "rho_in.weight has the shape (3, 4), wanted (4, 3)" },
            { "NaN", "mu_out.bias holds a number that is not finite" },
            { "no classes", "'classes' is ''" },
            { "classes in words", "'classes' is 'three'" },
            { "one class", "'classes' is '1'" },
            { "enormous", "rho_in.weight has the shape (4, 3), wanted (16384, 100000)" },
            { "negative trim", "'trim' is '-1'" },
            { "certified for more than it trims", "'corrupted' is '3', wanted a whole number in 0…2" },
            { "certified for nobody knows how many", "'corrupted' is ''" },
        };

    [Theory, MemberData(nameof(Broken))]
    public void A_broken_file_gets_one_line_that_names_it_and_the_place(string how, string says)
    {
        var (tensors, metadata) = Sound();
        switch (how)
        {
            case "other kind":
                metadata["kind"] = "something else";
                break;
            case "no metadata":
                metadata.Clear();
                break;
            case "missing tensor":
                tensors.Remove("mu_in.weight");
                break;
            case "further tensor":
                tensors["mu_more.bias"] = new NamedTensor([1], [0]);
                break;
            case "wrong shape":
                tensors["rho_in.weight"] = tensors["rho_in.weight"] with { Shape = [3, 4] };
                break;
            case "NaN":
                tensors["mu_out.bias"].Values[1] = float.NaN;
                break;
            case "no classes":
                metadata.Remove("classes");
                break;
            case "classes in words":
                metadata["classes"] = "three";
                break;
            case "one class":
                metadata["classes"] = "1";
                break;
            // 6.5 GB a layer if it were believed.
            case "enormous":
                (metadata["classes"], metadata["hidden"]) = ("100000", "16384");
                break;
            case "negative trim":
                metadata["trim"] = "-1";
                break;
            case "certified for more than it trims":
                (metadata["kind"], metadata["decoder"], metadata["corrupted"]) = (
                    "robust-inference/certified-deepset",
                    "4",
                    "3"
                );
                break;
            case "certified for nobody knows how many":
                (metadata["kind"], metadata["decoder"]) = ("robust-inference/certified-deepset", "4");
                break;
        }
        string path = folder.File("broken.safetensors");
        Safetensors.Write(path, tensors, metadata);
        long before = GC.GetTotalAllocatedBytes();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        string message = Assert.Throws<InvalidDataException>(() => DeepSetFile.Read(path)).Message;
        Assert.StartsWith(path + ": ", message);
        Assert.Contains(says, message);
        Assert.DoesNotContain('\n', message);
        Assert.True(clock.Elapsed.TotalSeconds < 5 && GC.GetTotalAllocatedBytes() - before < 64 << 20);
    }
}
