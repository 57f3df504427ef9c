using RobustInference.Clients;
using static TorchSharp.torch;

namespace Tests.RobustInference.Clients;

public class DistilBertOnTextsTests
{
    [Fact]
    public void What_is_padding_shows_by_its_number_and_changes_nothing()
    {
        using var network = new DistilBertOnTexts(new DistilBert(3, new(30, 9, 8, 1, 2, 16), 0, 0));
        network.eval();
        using var untracked = no_grad();
        using var short_ = network.call(tensor(new long[] { 2, 7, 8, 3 }).reshape(1, 4));
        using var padded = network.call(tensor(new long[] { 2, 7, 8, 3, 0, 0, 0 }).reshape(1, 7));
        using var other = network.call(tensor(new long[] { 2, 7, 8, 3, 9, 9, 9 }).reshape(1, 7));
        Assert.All(
            short_.data<float>().ToArray().Zip(padded.data<float>().ToArray()),
            pair => Assert.Equal(pair.First, pair.Second, 1e-5)
        );
        Assert.NotEqual(padded.data<float>().ToArray(), other.data<float>().ToArray());
    }

    [Fact]
    public void Dropout_is_the_same_in_the_same_epoch()
    {
        using var network = new DistilBertOnTexts(new DistilBert(3, new(30, 9, 8, 1, 2, 16), 0, 0));
        network.train();
        float[] Logits(long epoch)
        {
            network.RestartDropout(epoch);
            using var logits = network.call(tensor(new long[] { 2, 7, 8, 3 }).reshape(1, 4));
            return logits.data<float>().ToArray();
        }
        Assert.Equal(Logits(1), Logits(1));
        Assert.NotEqual(Logits(1), Logits(2));
    }
}
