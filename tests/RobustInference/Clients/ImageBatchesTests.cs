using RobustInference.Clients;
using RobustInference.Numerics;
using TorchSharp;

namespace Tests.RobustInference.Clients;

public class ImageBatchesTests
{
    const int Side = ImageDataset.Side,
        Plane = Side * Side;

    // Red tells the row, green the column, blue is full everywhere: so a crop shows where it came from, and its border
    // where nothing was.
    static readonly byte[] Map = [.. Each((y, x) => y * 8), .. Each((y, x) => x * 8), .. Each((_, _) => 255)];

    static IEnumerable<byte> Each(Func<int, int, int> value) =>
        Enumerable.Range(0, Plane).Select(i => (byte)value(i / Side, i % Side));

    static ImageDataset Copies(int count) =>
        new(
            "map",
            10,
            [.. Enumerable.Repeat(Map, count).SelectMany(bytes => bytes)],
            [.. Enumerable.Range(0, count).Select(i => (byte)(i % 10))]
        );

    static float[,] Byte(torch.Tensor images, int image, int channel)
    {
        using var plane = images[image, channel].contiguous();
        float[] values = plane.data<float>().ToArray();
        var bytes = new float[Side, Side];
        for (int i = 0; i < Plane; i++)
            bytes[i / Side, i % Side] = MathF.Round((values[i] * 0.5f + 0.5f) * 255, 3);
        return bytes;
    }

    [Fact]
    public void Black_becomes_minus_one_white_one_and_the_middle_zero()
    {
        byte[] pixels = new byte[3072];
        (pixels[0], pixels[1], pixels[2], pixels[2 * Plane]) = (0, 255, 51, 102);
        var (images, labels) = new ImageBatches(new ImageDataset("x", 10, pixels, [7])).InOrder([0], 8).Single();
        using (images)
        using (labels)
        {
            Assert.Equal([1, 3, 32, 32], images.shape);
            Assert.Equal(-1, images[0, 0, 0, 0].item<float>(), 6);
            Assert.Equal(1, images[0, 0, 0, 1].item<float>(), 6);
            Assert.Equal(-0.6f, images[0, 0, 0, 2].item<float>(), 6);
            Assert.Equal(-0.2f, images[0, 2, 0, 0].item<float>(), 6);
            Assert.Equal([7], labels.data<long>().ToArray());
        }
    }

    [Fact]
    public void In_order_nothing_is_moved()
    {
        var (images, labels) = new ImageBatches(Copies(1)).InOrder([0], 1).Single();
        using (images)
        using (labels)
        {
            var (red, green) = (Byte(images, 0, 0), Byte(images, 0, 1));
            for (int y = 0; y < Side; y++)
            for (int x = 0; x < Side; x++)
                Assert.Equal((8 * y, 8 * x), ((int)red[y, x], (int)green[y, x]));
        }
    }

    [Fact]
    public void Every_training_image_is_a_crop_of_the_padded_image_perhaps_flipped_and_every_crop_occurs()
    {
        var seen = new HashSet<(int, int, bool)>();
        foreach (
            var (images, labels) in new ImageBatches(Copies(2000)).Training(
                [.. Enumerable.Range(0, 2000)],
                250,
                RandomStream.Managed(0, "test")
            )
        )
            using (images)
            using (labels)
                for (int i = 0; i < images.shape[0]; i++)
                {
                    var (red, green, blue) = (Byte(images, i, 0), Byte(images, i, 1), Byte(images, i, 2));
                    // The middle is always inside: it says how far the crop moved, and its neighbour which way the
                    // columns run.
                    bool flip = green[16, 17] < green[16, 16];
                    int dy = (int)red[16, 16] / 8 - 16,
                        dx = (int)green[16, 16] / 8 - (flip ? 15 : 16);
                    Assert.InRange(dy, -4, 4);
                    Assert.InRange(dx, -4, 4);
                    seen.Add((dy, dx, flip));
                    for (int y = 0; y < Side; y++)
                    for (int x = 0; x < Side; x++)
                    {
                        int fromY = y + dy,
                            fromX = (flip ? 31 - x : x) + dx;
                        bool inside = fromY is >= 0 and < Side && fromX is >= 0 and < Side;
                        if ((red[y, x], green[y, x], blue[y, x]) != (inside ? (8 * fromY, 8 * fromX, 255) : (0, 0, 0)))
                            Assert.Fail($"image {i}, row {y}, column {x} of a crop by ({dy}, {dx}), flipped: {flip}");
                    }
                }
        Assert.Equal(9 * 9 * 2, seen.Count);
    }

    [Fact]
    public void A_pass_shows_every_image_once_in_an_order_that_the_stream_decides()
    {
        long[] Labels(long seed)
        {
            var all = new List<long>();
            foreach (
                var (images, labels) in new ImageBatches(Copies(10)).Training(
                    [.. Enumerable.Range(0, 10)],
                    4,
                    RandomStream.Managed(seed, "test")
                )
            )
                using (images)
                using (labels)
                    all.AddRange(labels.data<long>().ToArray());
            return [.. all];
        }
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), Labels(0).Order());
        Assert.Equal(Labels(0), Labels(0));
        Assert.NotEqual(Labels(0), Labels(1));
    }

    [Fact]
    public void A_last_batch_of_one_is_left_out_of_training_only()
    {
        var batches = new ImageBatches(Copies(5));
        int[] all = [0, 1, 2, 3, 4];
        Assert.Equal(
            [4],
            batches.Training(all, 4, RandomStream.Managed(0, "test")).Select(batch => batch.Inputs.shape[0])
        );
        Assert.Equal([4, 1], batches.InOrder(all, 4).Select(batch => batch.Inputs.shape[0]));
    }
}
