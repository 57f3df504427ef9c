using RobustInference.Files;
using static Tests.RobustInference.Files.PickleBytes;

namespace Tests.RobustInference.Files;

/// <summary>Checkpoints as people have them: of a training run, wrapped, with old names, in several files.</summary>
public sealed class FoundCheckpointsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    string Put(string name, byte[] bytes)
    {
        string path = folder.File(name);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    static byte[] Tensor() => PickleBytes.Tensor(Storage("0", 4), 0, [4], [1]);

    static byte[] State(params string[] names) => Dictionary([.. names.Select(name => (name, Tensor()))]);

    string Torch(byte[] value) => Put("run.pth", PickleBytes.File(Program(value)));

    string Shard(string name, params (string Name, float Value)[] tensors)
    {
        Safetensors.Write(
            folder.File(name),
            tensors.ToDictionary(tensor => tensor.Name, tensor => new NamedTensor([1], [tensor.Value])),
            new Dictionary<string, string>()
        );
        return folder.File(name);
    }

    static string[] Names(string path)
    {
        using var checkpoint = Checkpoint.Open(path);
        return [.. checkpoint.Tensors.Keys.Order(StringComparer.Ordinal)];
    }

    static string Refusal(string path)
    {
        string message = Assert.Throws<InvalidDataException>(() => Checkpoint.Open(path)).Message;
        Assert.StartsWith(path, message);
        Assert.DoesNotContain('\n', message);
        return message;
    }

    [Theory]
    [InlineData("state_dict")]
    [InlineData("model_state_dict")]
    [InlineData("model")]
    [InlineData("anything")]
    public void The_weights_of_a_training_run_are_found_beside_its_optimizer(string key)
    {
        byte[] optimizer = Dictionary(
            ("state", Numbered((0, Dictionary(("step", Number(7)), ("exp_avg", Tensor()))))),
            ("param_groups", List(Dictionary(("lr", Float(1e-3)), ("betas", Tuple(Float(0.9), Float(0.999))))))
        );
        string path = Torch(
            Dictionary(("epoch", Number(3)), (key, State("a.weight", "a.bias")), ("optimizer", optimizer))
        );
        Assert.Equal(["a.bias", "a.weight"], Names(path));
    }

    [Fact]
    public void Several_dictionaries_without_a_usual_name_are_named_and_not_guessed_at() =>
        Assert.Contains(
            "holds 2 dictionaries of tensors, teacher, student",
            Refusal(Torch(Dictionary(("teacher", State("a")), ("student", State("a")))))
        );

    [Fact]
    public void What_stands_beside_tensors_is_named_and_it_is_not_said_to_save_what_was_saved()
    {
        string message = Refusal(Torch(Dictionary(("a", Tensor()), ("epoch", Number(3)))));
        Assert.Contains("holds epoch, which is no tensor, beside tensors: save them without it", message);
        Assert.DoesNotContain("state_dict", message);
    }

    [Theory]
    [InlineData("module.a.weight,module.b", "a.weight,b")]
    [InlineData("module._orig_mod.a,module._orig_mod.b", "a,b")]
    [InlineData("module.a,b", "b,module.a")]
    [InlineData("x.LayerNorm.gamma,x.LayerNorm.beta", "x.LayerNorm.bias,x.LayerNorm.weight")]
    [InlineData("x.sa_layer_norm.gamma,x.beta", "x.beta,x.sa_layer_norm.weight")]
    public void Wrappers_and_old_names_of_layer_norms_are_undone(string saved, string read)
    {
        Assert.Equal(read.Split(','), Names(Torch(State(saved.Split(',')))));
        Assert.Equal(
            read.Split(','),
            Names(Shard("names.safetensors", [.. saved.Split(',').Select(name => (name, 1f))]))
        );
    }

    [Fact]
    public void One_tensor_under_an_old_and_a_new_name_is_refused() =>
        Assert.Contains("under two names", Refusal(Torch(State("LayerNorm.gamma", "LayerNorm.weight"))));

    [Fact]
    public void Any_file_of_several_or_their_index_opens_them_all()
    {
        string first = Shard("model-00001-of-00002.safetensors", ("module.a", 1)),
            second = Shard("model-00002-of-00002.safetensors", ("module.b", 2));
        string index = Put(
            "model.safetensors.index.json",
            """
            {"metadata": {}, "weight_map": {"a": "model-00001-of-00002.safetensors",
                                            "b": "model-00002-of-00002.safetensors"}}
            """u8.ToArray()
        );
        foreach (string path in new[] { first, second, index })
        {
            Assert.Equal(["a", "b"], Names(path));
            using var checkpoint = Checkpoint.Open(path);
            using var b = TorchSharp.torch.zeros(1);
            checkpoint.CopyTo("b", b);
            Assert.Equal(2, b.item<float>());
            Assert.Equal(new FileInfo(first).Length + new FileInfo(second).Length, checkpoint.Bytes);
        }
        System.IO.File.Delete(first);
        string message = Assert.Throws<FileNotFoundException>(() => Checkpoint.Open(second)).Message;
        Assert.Contains("model-00001-of-00002.safetensors is not beside it", message);
    }

    [Fact]
    public void Two_files_with_the_same_tensor_are_refused()
    {
        Shard("m-00001-of-00002.safetensors", ("a", 1));
        string path = Shard("m-00002-of-00002.safetensors", ("a", 2));
        Assert.Contains("in another file too", Refusal(path));
    }

    [Theory]
    [InlineData("""{"weight_map": {"a": "../evil.safetensors"}}""", "not a plain name")]
    [InlineData("""{"weight_map": {"a": "/etc/passwd"}}""", "not a plain name")]
    [InlineData("""{"weight_map": {"a": ".."}}""", "not a plain name")]
    [InlineData("""{"weight_map": {}}""", "names 0 files")]
    [InlineData("""{"weight_map": [1]}""", "not an index")]
    [InlineData("""{"weight_map": {"a": 7}}""", "not an index")]
    [InlineData("[]", "not an index")]
    [InlineData("{", "not an index")]
    public void A_broken_index_is_one_line(string json, string says) =>
        Assert.Contains(says, Refusal(Put("x.index.json", System.Text.Encoding.UTF8.GetBytes(json))));

    [Fact]
    public void A_name_that_counts_too_many_files_is_refused_before_any_is_looked_for() =>
        Assert.Contains("1 to 1000 are read", Refusal(Put("m-00001-of-99999.safetensors", [])));

    [Fact]
    public void What_else_it_is_is_said_with_what_to_do()
    {
        Assert.Contains("HDF5", Refusal(Put("a.pth", [0x89, .. "HDF\r\n"u8])));
        Assert.Contains("GGUF", Refusal(Put("a.pth", [.. "GGUF"u8, 3, 0, 0, 0])));
        Assert.Contains("gzip", Refusal(Put("a.pth", [0x1F, 0x8B, 8, 0, 0])));
        string script = Put(
            "a.pt",
            NumpyBytes.Zip([("net/data.pkl", Program(OrderedDict)), ("net/constants.pkl", [1])])
        );
        Assert.Contains("TorchScript program", Refusal(script));
    }
}
