using RobustInference.Clients;
using RobustInference.Files;
using static TorchSharp.torch;

namespace Tests.RobustInference.Clients;

public sealed class PretrainedWeightsTests : IDisposable
{
    static readonly VisionTransformerSize TinyVision = new(
        Image: 12,
        Patch: 4,
        Width: 8,
        Layers: 2,
        Heads: 2,
        Hidden: 12
    );
    static readonly DistilBertSize TinyLanguage = new(
        Vocabulary: 11,
        Positions: 7,
        Width: 8,
        Layers: 2,
        Heads: 2,
        Hidden: 12,
        Dropout: 0,
        HeadDropout: 0
    );
    static readonly Dictionary<string, string> Nothing = [];

    readonly TemporaryFolder folder = new();
    readonly TinyTransformer vision = new("vit"),
        language = new("distilbert");

    public void Dispose() => folder.Dispose();

    /// <summary>The fixture's tensors after a change, in a file.</summary>
    string Changed(string model, Action<Dictionary<string, NamedTensor>> change)
    {
        var tensors = Safetensors.Read(TinyTransformer.Fixture(model + ".safetensors")).Tensors;
        change(tensors);
        Safetensors.Write(folder.File("changed.safetensors"), tensors, Nothing);
        return folder.File("changed.safetensors");
    }

    static void Rename(Dictionary<string, NamedTensor> tensors, Func<string, string> name)
    {
        foreach (string old in tensors.Keys.ToArray())
        {
            tensors.Remove(old, out var tensor);
            tensors.Add(name(old), tensor!);
        }
    }

    void AssertVision(string path)
    {
        using var scope = NewDisposeScope();
        using var network = new VisionTransformer(3, TinyVision, 0, 0);
        Assert.Empty(PretrainedWeights.LoadInplace(network, path));
        TinyTransformer.AssertClose(vision.Floats("logits"), network.call(vision.Floats("images")), path);
    }

    void AssertLanguage(string path)
    {
        using var scope = NewDisposeScope();
        using var network = new DistilBert(4, TinyLanguage, 0, 0);
        Assert.Empty(PretrainedWeights.LoadInplace(network, path));
        TinyTransformer.AssertClose(
            language.Floats("logits"),
            network.call(language.Integers("tokens"), language.Integers("mask")),
            path
        );
    }

    [Theory]
    [InlineData(".safetensors"), InlineData(".pth")]
    public void A_checkpoint_makes_a_network_answer_as_the_one_it_came_from(string format)
    {
        AssertVision(TinyTransformer.Fixture("vit" + format));
        AssertLanguage(TinyTransformer.Fixture("distilbert" + format));
    }

    [Fact]
    public void Older_names_of_torchvision_are_known() =>
        AssertVision(
            Changed(
                "vit",
                tensors =>
                    Rename(
                        tensors,
                        name =>
                            name.Replace("mlp.0.", "mlp.linear_1.", StringComparison.Ordinal)
                                .Replace("mlp.3.", "mlp.linear_2.", StringComparison.Ordinal)
                    )
            )
        );

    [Fact]
    public void The_prefix_of_DistilBERT_may_be_missing_and_its_language_model_is_left_out() =>
        AssertLanguage(
            Changed(
                "distilbert",
                tensors =>
                {
                    Rename(tensors, name => name.Replace("distilbert.", "", StringComparison.Ordinal));
                    tensors["vocab_projector.bias"] = new([2], [1, 2]);
                    tensors["vocab_transform.weight"] = new([1, 2], [1, 2]);
                    tensors["embeddings.position_ids"] = new([1, 7], [0, 1, 2, 3, 4, 5, 6]);
                }
            )
        );

    [Fact]
    public void A_head_for_other_classes_stays_as_it_was_drawn_and_is_named()
    {
        using var scope = NewDisposeScope();
        using var network = new VisionTransformer(5, TinyVision, 0, 0);
        var drawn = network.state_dict()["encoder.ln.bias"].clone();
        Assert.Equal(
            ["heads.head.weight", "heads.head.bias"],
            PretrainedWeights.LoadInplace(network, TinyTransformer.Fixture("vit.pth"))
        );
        Assert.Equal(0, network.state_dict()["heads.head.weight"].abs().sum().item<float>());
        Assert.NotEqual(drawn.data<float>(), network.state_dict()["encoder.ln.bias"].data<float>());
    }

    [Fact]
    public void A_checkpoint_without_a_head_leaves_the_head()
    {
        using var network = new DistilBert(4, TinyLanguage, 0, 0);
        Assert.Equal(
            ["pre_classifier.weight", "pre_classifier.bias", "classifier.weight", "classifier.bias"],
            PretrainedWeights.LoadInplace(
                network,
                Changed(
                    "distilbert",
                    tensors =>
                    {
                        foreach (
                            string name in tensors
                                .Keys.Where(name => name.Contains("classifier", StringComparison.Ordinal))
                                .ToArray()
                        )
                            tensors.Remove(name);
                    }
                )
            )
        );
    }

    [Fact]
    public void The_layer_before_the_last_does_not_depend_on_the_classes_and_must_fit()
    {
        using var network = new DistilBert(4, TinyLanguage, 0, 0);
        string path = Changed(
            "distilbert",
            tensors =>
                tensors["pre_classifier.weight"] = new([5, TinyLanguage.Width], new float[5 * TinyLanguage.Width])
        );
        Assert.EndsWith(
            $"tensor pre_classifier.weight has the shape (5, {TinyLanguage.Width}), wanted "
                + $"({TinyLanguage.Width}, {TinyLanguage.Width})",
            Assert.Throws<InvalidDataException>(() => PretrainedWeights.LoadInplace(network, path)).Message
        );
    }

    static readonly Dictionary<string, (Action<Dictionary<string, NamedTensor>> Change, string Says)> Wrongs = new()
    {
        ["missing"] = (tensors => tensors.Remove("encoder.ln.bias"), "tensor encoder.ln.bias is missing"),
        ["five missing"] = (
            tensors =>
            {
                foreach (
                    string name in tensors
                        .Keys.Where(name =>
                            name.StartsWith("encoder.layers.encoder_layer_1.ln_", StringComparison.Ordinal)
                        )
                        .Append("class_token")
                        .ToArray()
                )
                    tensors.Remove(name);
            },
            "5 tensors are missing: class_token, encoder.layers.encoder_layer_1.ln_1.bias, "
                + "encoder.layers.encoder_layer_1.ln_1.weight, …"
        ),
        ["extra"] = (
            tensors => tensors["encoder.layers.encoder_layer_2.ln_1.bias"] = new([8], new float[8]),
            "tensor encoder.layers.encoder_layer_2.ln_1.bias is unknown to a VisionTransformer"
        ),
        ["wrong shape"] = (
            tensors => tensors["conv_proj.weight"] = new([8, 3, 4, 2], new float[192]),
            "tensor conv_proj.weight has the shape (8, 3, 4, 2), wanted (8, 3, 4, 4)"
        ),
        ["wrong width of the head"] = (
            tensors => tensors["heads.head.weight"] = new([5, 7], new float[35]),
            "tensor heads.head.weight has the shape (5, 7), wanted (3, 8)"
        ),
        ["not finite"] = (
            tensors => tensors["encoder.ln.weight"].Values[3] = float.NaN,
            "tensor encoder.ln.weight holds a number that is not finite"
        ),
        ["two names of one"] = (
            tensors => tensors["encoder.layers.encoder_layer_0.mlp.linear_1.bias"] = new([12], new float[12]),
            "are the same parameter"
        ),
    };

    public static TheoryData<string> WrongNames => [.. Wrongs.Keys];

    [Theory, MemberData(nameof(WrongNames))]
    public void What_does_not_fit_is_named(string wrong)
    {
        using var network = new VisionTransformer(3, TinyVision, 0, 0);
        float[] before = [.. network.state_dict()["encoder.pos_embedding"].data<float>()];
        string path = Changed("vit", Wrongs[wrong].Change),
            message = Assert.Throws<InvalidDataException>(() => PretrainedWeights.LoadInplace(network, path)).Message;
        Assert.StartsWith(path + ": ", message);
        Assert.EndsWith(Wrongs[wrong].Says, message);
        if (wrong != "not finite")
            Assert.Equal(before, network.state_dict()["encoder.pos_embedding"].data<float>());
    }

    [Fact]
    public void A_checkpoint_of_another_kind_of_network_is_refused()
    {
        using var network = new VisionTransformer(3, TinyVision, 0, 0);
        Assert.Contains(
            "are missing",
            Assert
                .Throws<InvalidDataException>(() =>
                    PretrainedWeights.LoadInplace(network, TinyTransformer.Fixture("distilbert.pth"))
                )
                .Message
        );
    }
}
