using RobustInference.Aggregators;
using RobustInference.Files;
using RobustInference.Networks;
using RobustInference.Training;

namespace Tests.RobustInference.Training;

public sealed class CopurFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    (Dictionary<string, NamedTensor> Tensors, Dictionary<string, string> Metadata) Sound()
    {
        using var network = new CopurNetwork(3, 2, 5, 4, 7, 1);
        CopurFile.Write(folder.File("sound.safetensors"), network);
        return Safetensors.Read(folder.File("sound.safetensors"));
    }

    [Fact]
    public void Written_and_read_they_are_the_same_networks()
    {
        using var network = new CopurNetwork(3, 2, 5, 4, 7, 1);
        string path = folder.File("a.safetensors");
        CopurFile.Write(path, network);
        using var again = CopurFile.Read(path);
        Assert.Equal((3, 2, 5, 4, 7), (again.Clients, again.Classes, again.Hidden, again.Encoding, again.Server));
        foreach (
            var ((name, a), (_, b)) in network
                .named_parameters()
                .OrderBy(p => p.name)
                .Zip(again.named_parameters().OrderBy(p => p.name))
        )
            Assert.True(a.data<float>().ToArray().SequenceEqual(b.data<float>().ToArray()), name);
        byte[] bytes = File.ReadAllBytes(path);
        CopurFile.Write(path, again);
        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_DeepSet_is_not_taken_for_them_nor_they_for_a_DeepSet()
    {
        using var network = new DeepSetNetwork(3, 4, 1);
        DeepSetFile.Write(folder.File("deepset.safetensors"), network, 1);
        Sound();
        Assert.Contains(
            "is not COPUR's trained networks",
            Assert.Throws<InvalidDataException>(() => CopurFile.Read(folder.File("deepset.safetensors"))).Message
        );
        Assert.Contains(
            "is not a trained DeepSet",
            Assert.Throws<InvalidDataException>(() => DeepSetFile.Read(folder.File("sound.safetensors"))).Message
        );
    }

    public static TheoryData<string, string> Broken =>
        new()
        {
            { "no metadata", "is not COPUR's trained networks" },
            { "missing tensor", "server_between.weight is missing" },
            { "wrong shape", "encoder_in.weight has the shape (6, 5), wanted (5, 6)" },
            { "NaN", "decoder_out.bias holds a number that is not finite" },
            { "no clients", "'clients' is ''" },
            { "one class", "'classes' is '1'" },
            { "enormous", "encoder_in.weight has the shape (5, 6), wanted (16384, 1000000)" },
            { "too many to multiply", "10,000 clients and 100,000 classes" },
        };

    [Theory, MemberData(nameof(Broken))]
    public void A_broken_file_gets_one_line_that_names_it_and_the_place(string how, string says)
    {
        var (tensors, metadata) = Sound();
        switch (how)
        {
            case "no metadata":
                metadata.Clear();
                break;
            case "missing tensor":
                tensors.Remove("server_between.weight");
                break;
            case "wrong shape":
                tensors["encoder_in.weight"] = tensors["encoder_in.weight"] with { Shape = [6, 5] };
                break;
            case "NaN":
                tensors["decoder_out.bias"].Values[1] = float.NaN;
                break;
            case "no clients":
                metadata.Remove("clients");
                break;
            case "one class":
                metadata["classes"] = "1";
                break;
            // 65 GB a layer if it were believed.
            case "enormous":
                (metadata["clients"], metadata["classes"], metadata["hidden"]) = ("1000", "1000", "16384");
                break;
            case "too many to multiply":
                (metadata["clients"], metadata["classes"]) = ("10000", "100000");
                break;
        }
        string path = folder.File("broken.safetensors");
        Safetensors.Write(path, tensors, metadata);
        long before = GC.GetTotalAllocatedBytes();
        string message = Assert.Throws<InvalidDataException>(() => CopurFile.Read(path)).Message;
        Assert.StartsWith(path + ": ", message);
        Assert.Contains(says, message);
        Assert.DoesNotContain('\n', message);
        Assert.True(GC.GetTotalAllocatedBytes() - before < 64 << 20);
    }
}
