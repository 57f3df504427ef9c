using RobustInference.Clients;
using RobustInference.Results;
using Workbook.Datasets;

namespace Tests.RobustInference.Training;

/// <summary>What can only be seen on the whole of CIFAR-10.</summary>
public class FullDataTests
{
    static string Folder()
    {
        string[] places = [Environment.GetEnvironmentVariable("WORKBOOK_DATA") ?? "", WorkbookFolder.DataCache];
        var source = ImageSource.Named("cifar10");
        string? found = places
            .Where(place => place.Length > 0)
            .Select(source.Find)
            .FirstOrDefault(place => place is not null);
        Assert.SkipWhen(
            found is null,
            "CIFAR-10 is not here: './workbook data fetch cifar10', or name its folder in WORKBOOK_DATA"
        );
        return found!;
    }

    [Fact]
    public void The_images_have_the_published_mean_and_deviation_and_balanced_classes()
    {
        var (train, test) = CifarReader.Read("cifar10", Folder());
        Assert.Equal((50_000, 10_000), (train.Count, test.Count));
        Assert.All(train.Labels.CountBy(label => label), count => Assert.Equal(5000, count.Value));
        Assert.All(test.Labels.CountBy(label => label), count => Assert.Equal(1000, count.Value));
        double[] mean = [0.49139968, 0.48215841, 0.44653091],
            deviation = [0.24703223, 0.24348513, 0.26158784];
        for (int c = 0; c < 3; c++)
        {
            long sum = 0,
                squares = 0;
            for (int i = 0; i < train.Count; i++)
                foreach (byte pixel in train.Image(i).Slice(c * 1024, 1024))
                    (sum, squares) = (sum + pixel, squares + pixel * pixel);
            double m = sum / 51_200_000.0,
                s = Math.Sqrt(squares / 51_200_000.0 - m * m);
            Assert.Equal((mean[c], deviation[c]), (Math.Round(m / 255, 8), Math.Round(s / 255, 8)));
        }
    }

    [Fact]
    public void The_copy_is_known_and_known_again_in_another_order()
    {
        var source = ImageSource.Named("cifar10");
        string place = Folder();
        string verdict = source.Verify(place);
        Assert.Contains(
            verdict,
            (string[])
                [
                    "the official archive",
                    "the record-shuffled copy",
                    "all images and labels of the official files, in an order of their own",
                ]
        );
        Assert.SkipWhen(File.Exists(place), "only an unpacked copy can be put in another order");
        using var folder = new TemporaryFolder();
        foreach (string file in source.ShuffledFiles.Keys)
            File.Copy(Path.Combine(place, file), folder.File(file));
        File.Move(folder.File("data_batch_1.bin"), folder.File("x"));
        File.Move(folder.File("data_batch_2.bin"), folder.File("data_batch_1.bin"));
        File.Move(folder.File("x"), folder.File("data_batch_2.bin"));
        Assert.Contains("order of their own", source.Verify(folder.Path));
        byte[] bytes = File.ReadAllBytes(folder.File("data_batch_5.bin"));
        bytes[3073 * 17 + 5] ^= 1;
        File.WriteAllBytes(folder.File("data_batch_5.bin"), bytes);
        Assert.Contains(
            "training images are not those of CIFAR-10",
            Assert.Throws<InvalidDataException>(() => source.Verify(folder.Path)).Message
        );
    }

    [Fact]
    public void A_partition_for_seventeen_clients_gives_the_server_a_tenth()
    {
        var (train, _) = CifarReader.Read("cifar10", Folder());
        var partition = DirichletPartition.Draw(train.Labels, 10, 17, 0.5, 0);
        Assert.InRange(partition.Server.Length, 4983, 5000);
        Assert.Equal(50_000, partition.Clients.Sum(own => own.Length) + partition.Server.Length);
    }
}
