using RobustInference.Training;
using Tests.RobustInference.Clients;
using TorchSharp;

namespace Tests.RobustInference.Training;

/// <summary>torch's number of threads is the process's: nothing may compute beside a test that changes it.</summary>
[Collection(nameof(Alone))]
public sealed class ClientTrainingThreadsTests
{
    [Theory, InlineData(1), InlineData(3)]
    public void Torchs_number_of_threads_is_afterwards_what_it_was(int threads)
    {
        using var folder = new TemporaryFolder();
        var (train, test) = TinyCifar.Images(train: 60, test: 20);
        var recipe = new ClientRecipe("cifar10", 0.5, Clients: 3, Seed: 0, Width: 2, Epochs: 1, BatchSize: 32);
        int before = torch.get_num_threads();
        torch.set_num_threads(threads);
        try
        {
            using var archive = new ClientTraining(recipe, train, test, folder.File("a")).Run(3, null, default);
            Assert.Equal(threads, torch.get_num_threads());
        }
        finally
        {
            torch.set_num_threads(before);
        }
    }
}
