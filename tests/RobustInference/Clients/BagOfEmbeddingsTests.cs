using RobustInference.Clients;
using RobustInference.Numerics;
using static TorchSharp.torch;

namespace Tests.RobustInference.Clients;

public class BagOfEmbeddingsTests
{
    [Fact]
    public void Logits_are_a_linear_function_of_the_mean_embedding_of_what_is_no_padding()
    {
        using var network = new BagOfEmbeddings(2, 4, 2, 0.5, 0, 0);
        network.eval();
        using var untracked = no_grad();
        var parameters = network.named_parameters().ToDictionary(pair => pair.name, pair => (Tensor)pair.parameter);
        parameters["embeddings.weight"].copy_(tensor(new float[] { 9, 9, 1, 2, 3, 4, 5, 6 }).reshape(4, 2));
        parameters["classifier.weight"].copy_(tensor(new float[] { 1, 10, 100, 1000 }).reshape(2, 2));
        parameters["classifier.bias"].copy_(tensor(new float[] { 0.5f, -0.5f }));
        using var logits = network.call(tensor(new long[] { 1, 2, 0, 3, 3, 3, 0, 0, 0 }).reshape(3, 3));
        // Means (2, 3), (5, 6) and, of a text without a token, (0, 0).
        Assert.Equal([32.5f, 3199.5f, 65.5f, 6499.5f, 0.5f, -0.5f], logits.Floats().ToArray());
    }

    [Fact]
    public void Dropout_is_the_same_in_the_same_epoch_and_absent_outside_training()
    {
        using var network = new BagOfEmbeddings(3, 50, 16, 0.5, 7, 2);
        using var tokens = arange(1, 41, dtype: ScalarType.Int64).reshape(4, 10);
        float[] Logits(long epoch)
        {
            network.RestartDropout(epoch);
            using var logits = network.call(tokens);
            return logits.data<float>().ToArray();
        }
        network.train();
        Assert.Equal(Logits(1), Logits(1));
        Assert.NotEqual(Logits(1), Logits(2));
        network.eval();
        Assert.Equal(Logits(1), Logits(2));
    }

    [Fact]
    public void Each_client_starts_with_weights_of_its_own_and_the_same_ones_every_time()
    {
        float[] Weights(long seed, long index)
        {
            using var network = new BagOfEmbeddings(3, 50, 4, 0, seed, index);
            return [.. network.parameters().SelectMany(p => p.data<float>().ToArray())];
        }
        Assert.Equal(Weights(0, 1), Weights(0, 1));
        Assert.NotEqual(Weights(0, 1), Weights(0, 2));
        Assert.NotEqual(Weights(0, 1), Weights(1, 1));
    }
}
