using RobustInference.Clients;
using static TorchSharp.torch;

namespace Tests.RobustInference.Clients;

public class DistilBertTests
{
    static readonly DistilBertSize Tiny = new(
        Vocabulary: 11,
        Positions: 7,
        Width: 8,
        Layers: 2,
        Heads: 2,
        Hidden: 12,
        Dropout: 0,
        HeadDropout: 0
    );

    readonly TinyTransformer expected = new("distilbert");

    DistilBert Network(DistilBertSize? size = null)
    {
        var network = new DistilBert(4, size ?? Tiny, 0, 0);
        expected.Load(network);
        return network;
    }

    Tensor Logits(DistilBert network) => network.call(expected.Integers("tokens"), expected.Integers("mask"));

    [Fact]
    public void Logits_are_those_that_torch_works_out_from_the_definition()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        TinyTransformer.AssertClose(expected.Floats("logits"), Logits(network), "logits");
    }

    [Fact]
    public void One_training_step_moves_every_weight_as_it_does_in_torch()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        expected.AssertStep(network, () => Logits(network));
    }

    [Fact]
    public void Padding_changes_nothing_whatever_stands_there()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        var text = tensor([2L, 8, 3], 1, 3);
        var padded = tensor([2L, 8, 3, 7, 9, 1], 1, 6);
        TinyTransformer.AssertClose(
            network.call(text, ones_like(text)),
            network.call(padded, tensor([1L, 1, 1, 0, 0, 0], 1, 6)),
            "logits"
        );
        TinyTransformer.AssertClose(
            network.call(text, ones_like(text)),
            network.call(padded, tensor([true, true, true, false, false, false], 1, 6)),
            "logits"
        );
    }

    [Fact]
    public void A_text_that_is_all_padding_gets_finite_logits()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        Assert.True(network.call(zeros(1, 3, dtype: ScalarType.Int64), zeros(1, 3)).isfinite().all().item<bool>());
    }

    // 66,362,880 parameters of distilbert-base-uncased without a head; the paper's adds 768·768 + 768 + 4·768 + 4.
    [Fact]
    public void By_default_there_are_as_many_parameters_as_in_distilbert_base_uncased()
    {
        using var network = new DistilBert(4, null, 0, 0);
        Assert.Equal(66_362_880 + 768 * 768 + 768 + 4 * 768 + 4, network.parameters().Sum(p => p.numel()));
    }

    [Fact]
    public void Dropout_is_off_in_evaluation_and_drawn_from_the_epochs_own_stream_in_training()
    {
        using var scope = NewDisposeScope();
        using var network = Network(Tiny with { Dropout = 0.4, HeadDropout = 0.3 });
        network.eval();
        TinyTransformer.AssertClose(expected.Floats("logits"), Logits(network), "logits");
        network.train();
        network.RestartDropout(3);
        float[] first = [.. Logits(network).data<float>()],
            second = [.. Logits(network).data<float>()];
        Assert.NotEqual(first, second);
        random.manual_seed(99);
        network.RestartDropout(3);
        Assert.Equal(first, Logits(network).data<float>());
        network.RestartDropout(4);
        Assert.NotEqual(first, Logits(network).data<float>());
    }

    [Fact]
    public void Attention_with_dropout_is_the_same_attention_when_nothing_happens_to_be_dropped()
    {
        using var scope = NewDisposeScope();
        using var network = Network(Tiny with { Dropout = 1e-9 });
        network.train();
        TinyTransformer.AssertClose(expected.Floats("logits"), Logits(network), "logits");
    }

    [Fact]
    public void Initial_weights_come_from_seed_and_index_and_from_nothing_else()
    {
        static float[] Weights(long seed, long index)
        {
            using var network = new DistilBert(4, Tiny, seed, index);
            return
            [
                .. network
                    .state_dict()
                    .OrderBy(pair => pair.Key, StringComparer.Ordinal)
                    .SelectMany(pair => pair.Value.data<float>().ToArray()),
            ];
        }
        float[] first = Weights(0, 0);
        random.manual_seed(1234);
        Assert.Equal(first, Weights(0, 0));
        Assert.NotEqual(first, Weights(0, 1));
        Assert.NotEqual(first, Weights(1, 0));
    }

    [Fact]
    public void Texts_that_are_too_long_empty_or_of_another_type_are_refused()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        foreach (
            var tokens in new[]
            {
                zeros(1, 8, dtype: ScalarType.Int64),
                zeros(1, 0, dtype: ScalarType.Int64),
                zeros(3, dtype: ScalarType.Int64),
                zeros(1, 3),
            }
        )
            Assert.Throws<ArgumentException>(() => network.call(tokens, ones_like(tokens)));
        Assert.Throws<ArgumentException>(() => network.call(zeros(2, 3, dtype: ScalarType.Int64), ones(2, 4)));
        Assert.Throws<ArgumentException>(() => new DistilBert(4, Tiny with { Dropout = 1 }, 0, 0));
        Assert.Throws<ArgumentException>(() => new DistilBert(4, Tiny with { Heads = 3 }, 0, 0));
    }
}
