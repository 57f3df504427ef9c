using RobustInference.Clients;
using RobustInference.Files;
using RobustInference.Probits;
using RobustInference.Training;
using Tests.RobustInference.Clients;

namespace Tests.RobustInference.Training;

public sealed class ClientTrainingTests : IDisposable
{
    static readonly ClientRecipe Recipe = new("cifar10", 0.5, Clients: 3, Seed: 0, Width: 2, Epochs: 3, BatchSize: 32);
    static readonly Lazy<(ImageDataset Train, ImageDataset Test)> Images = new(() =>
        TinyCifar.Images(train: 300, test: 60)
    );

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    ClientTraining Start(string name, ClientRecipe? recipe = null) =>
        new(recipe ?? Recipe, Images.Value.Train, Images.Value.Test, folder.File(name));

    byte[] Run(
        string name,
        int workers = 2,
        IProgress<ClientProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        using var archive = Start(name).Run(workers, progress, cancel);
        archive.Write(folder.File(name + ".npz"));
        return File.ReadAllBytes(folder.File(name + ".npz"));
    }

    [Fact]
    public void The_result_does_not_depend_on_how_many_workers_there_are()
    {
        byte[] one = Run("one", workers: 1);
        Assert.Equal(one, Run("two", workers: 2));
        Assert.Equal(one, Run("nine", workers: 9));
    }

    [Fact]
    public void Views_are_answers_of_the_same_clients_to_augmented_copies_of_the_validation_images()
    {
        using var plain = Start("plain").Run(2, null, default);
        using var seen = Start("seen", Recipe with { Views = 2 }).Run(2, null, default);
        Assert.Equal(plain.Test.Logits.data<float>().ToArray(), seen.Test.Logits.data<float>().ToArray());
        var validation = seen.Validation!;
        float[][] answers =
        [
            validation.Logits.data<float>().ToArray(),
            .. validation.Views.Select(view => view.Logits.data<float>().ToArray()),
        ];
        Assert.Equal(plain.Validation!.Logits.data<float>().ToArray(), answers[0]);
        Assert.Equal(3, answers.Length);
        Assert.NotEqual(answers[0], answers[1]);
        Assert.NotEqual(answers[1], answers[2]);
        Assert.All(validation.Views, view => Assert.Equal(validation.Labels.data<long>(), view.Labels.data<long>()));
        var refused = Assert.Throws<ArgumentException>(() => Start("none", Recipe with { Views = -1 }));
        Assert.Contains("-1 views", refused.Message);
    }

    [Fact]
    public void Stopped_after_every_epoch_and_started_again_it_ends_with_the_same_bytes()
    {
        byte[] undisturbed = Run("undisturbed");
        int starts = 0;
        while (true)
        {
            Assert.InRange(++starts, 1, 10);
            using var stop = new CancellationTokenSource();
            try
            {
                // One worker, stopped at the first epoch that ends.
                Assert.Equal(
                    undisturbed,
                    Run(
                        "stopped",
                        workers: 1,
                        new Told(p =>
                        {
                            if (!double.IsNaN(p.Loss))
                                stop.Cancel();
                        }),
                        stop.Token
                    )
                );
                break;
            }
            catch (OperationCanceledException)
            {
                Assert.NotEmpty(Directory.EnumerateFiles(folder.File("stopped"), "client-*"));
            }
        }
        // Each client: stopped in epochs 1, 2 and, its answers being written all the same, 3.
        Assert.InRange(starts, 7, 10);
    }

    [Fact]
    public void Finished_work_is_only_collected()
    {
        byte[] first = Run("a");
        var seen = new List<ClientProgress>();
        Assert.Equal(
            first,
            Run(
                "a",
                progress: new Told(p =>
                {
                    lock (seen)
                        seen.Add(p);
                })
            )
        );
        Assert.Equal(3, seen.Count);
        Assert.All(seen, p => Assert.NotNull(p.Accuracy));
    }

    [Fact]
    public void Another_recipe_or_other_images_in_the_same_folder_are_refused()
    {
        Start("a");
        Assert.Contains(
            "another recipe",
            Assert.Throws<InvalidOperationException>(() => Start("a", Recipe with { LearningRate = 0.2 })).Message
        );
        var (train, test) = Images.Value;
        byte[] pixels = [.. train.Pixels];
        pixels[0] ^= 1;
        Assert.Contains(
            "other images",
            Assert
                .Throws<InvalidOperationException>(() =>
                    new ClientTraining(Recipe, train with { Pixels = pixels }, test, folder.File("a"))
                )
                .Message
        );
        Start("a");
    }

    [Fact]
    public void Two_trainings_in_one_folder_do_not_get_in_each_others_way()
    {
        Start("a");
        using var busy = new FileStream(
            Path.Combine(folder.File("a"), "lock"),
            FileMode.OpenOrCreate,
            FileAccess.ReadWrite,
            FileShare.None
        );
        Assert.Contains("another process", Assert.Throws<InvalidOperationException>(() => Run("a")).Message);
    }

    [Fact]
    public void A_state_that_cannot_be_read_is_named()
    {
        Start("a");
        File.WriteAllBytes(Path.Combine(folder.File("a"), "client-01.state"), [1, 2, 3]);
        Assert.Contains("client-01.state", Assert.Throws<InvalidOperationException>(() => Run("a")).Message);
    }

    [Fact]
    public void What_a_killed_start_left_half_written_is_swept_away()
    {
        Start("a");
        string left = Path.Combine(folder.File("a"), "client-00.state.1-2.tmp");
        File.WriteAllText(left, "half");
        Run("a");
        Assert.False(File.Exists(left));
        Assert.Empty(Directory.EnumerateFiles(folder.File("a"), "*.state"));
    }

    [Fact]
    public void The_server_answers_are_labelled_by_the_partition_and_the_test_answers_by_the_data_set()
    {
        var training = Start("a");
        using var archive = training.Run(2, null, default);
        Assert.Equal(
            training.Partition.Server.Select(i => (long)Images.Value.Train.Labels[i]),
            archive.Validation!.Labels.data<long>().ToArray()
        );
        Assert.Equal(Images.Value.Test.Labels.Select(label => (long)label), archive.Test.Labels.data<long>().ToArray());
        // Each client's own file holds its rows of the whole.
        for (int client = 0; client < 3; client++)
        {
            using var rows = archive.Test.Logits[TorchSharp.torch.TensorIndex.Colon, client].contiguous();
            Assert.Equal(
                Npz.Read(Path.Combine(folder.File("a"), $"client-{client:D2}.npz"), "test_logits")["test_logits"]
                    .ToFloats(),
                rows.data<float>().ToArray()
            );
            using var right = rows.argmax(1).eq(archive.Test.Labels).sum();
            Assert.Equal(right.item<long>() / 60.0, training.Accuracies()[client], 9);
        }
    }

    [Fact]
    public void Clients_learn()
    {
        // The made-up classes differ in brightness, so a few epochs must beat a guess by far.
        var recipe = new ClientRecipe(
            "cifar10",
            100,
            Clients: 1,
            Seed: 0,
            Width: 4,
            Epochs: 12,
            BatchSize: 16,
            LearningRate: 0.05
        );
        var training = Start("learn", recipe);
        using var archive = training.Run(1, null, default);
        Assert.InRange(training.Accuracies()[0], 0.3, 1);
    }

    [Fact]
    public void A_loss_that_explodes_ends_with_advice()
    {
        var training = Start("explode", Recipe with { LearningRate = 1e30 });
        Assert.Contains(
            "lower the learning rate",
            Assert.Throws<InvalidOperationException>(() => training.Run(2, null, default)).Message
        );
    }

    [Theory]
    [InlineData(0, 1, 2), InlineData(1, 0, 2), InlineData(1, 1, 1)]
    public void Numbers_that_train_nothing_are_refused(int width, int epochs, int batch) =>
        Assert.Throws<ArgumentException>(() =>
            Start("a", Recipe with { Width = width, Epochs = epochs, BatchSize = batch })
        );

    [Fact]
    public void Recipes_are_stored_as_they_always_were()
    {
        // Folders of finished clients are found again by these very bytes.
        Start("a");
        string stored = File.ReadAllText(Path.Combine(folder.File("a"), "recipe.json"));
        Assert.StartsWith(
            """
            {
              "recipe": {
                "Dataset": "cifar10",
                "Alpha": 0.5,
                "Clients": 3,
                "Seed": 0,
                "Width": 2,
                "Epochs": 3,
                "BatchSize": 32,
                "LearningRate": 0.1,
                "Momentum": 0.9,
                "WeightDecay": 0.0005
              },
              "images": "
            """,
            stored
        );
    }

    sealed class Told(Action<ClientProgress> action) : IProgress<ClientProgress>
    {
        public void Report(ClientProgress value) => action(value);
    }
}
