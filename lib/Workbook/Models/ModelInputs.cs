using RobustInference.Clients;
using RobustInference.Files;
using RobustInference.Serving;

namespace Workbook.Models;

/// <summary>The samples that client models answer.</summary>
/// <param name="Name">What messages call them.</param>
/// <param name="Values">Sample by sample.</param>
/// <param name="Shape">[S, …], the first axis over samples.</param>
/// <param name="Labels">[S]; null where they are not known.</param>
public sealed record ModelInputs(string Name, float[] Values, long[] Shape, long[]? Labels)
{
    /// <summary>S.</summary>
    public int Samples => (int)Shape[0];

    /// <summary>How many numbers a sample has.</summary>
    public int Size => Values.Length / Samples;

    /// <summary>The test images of CIFAR, [S, 3, 32, 32], pixels as (v/255 − ½)/½.</summary>
    /// <param name="dataset"><c>cifar10</c> or <c>cifar100</c>.</param>
    /// <param name="folder">Where it lies.</param>
    public static ModelInputs OfImages(string dataset, string folder)
    {
        var images = CifarReader.Read(dataset, folder).Test;
        float[] known = [.. Enumerable.Range(0, 256).Select(v => (v / 255f - 0.5f) / 0.5f)];
        var values = new float[images.Pixels.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = known[images.Pixels[i]];
        return new(
            $"{dataset}'s test images",
            values,
            [images.Count, ImageDataset.Channels, ImageDataset.Side, ImageDataset.Side],
            [.. images.Labels.Select(label => (long)label)]
        );
    }

    /// <summary>An array of numbers, sample by sample.</summary>
    /// <param name="path">An <c>.npy</c> file of at least two axes.</param>
    /// <param name="labels">An <c>.npy</c> file of S whole numbers from 0; null for none.</param>
    /// <exception cref="InvalidDataException">The message names the file.</exception>
    public static ModelInputs OfArray(string path, string? labels)
    {
        var array = Read(path);
        if (array.Shape.Length < 2 || array.Count == 0)
            throw new InvalidDataException(
                $"{path}: the shape is {array.ShapeText}, wanted (samples, …) with at least one number for each"
            );
        long[]? classes = labels is null ? null : Placed(labels, Read(labels).ToIntegers);
        if (classes is not null && classes.Length != array.Shape[0])
            throw new InvalidDataException(
                $"{labels}: {classes.Length} labels, but {path} holds {array.Shape[0]} samples"
            );
        if (classes?.Min() < 0)
            throw new InvalidDataException($"{labels}: label {classes.Min()} is negative; labels are 0, 1, …");
        return new(path, Placed(path, array.ToFloats), array.Shape, classes);
    }

    static NumpyArray Read(string path) =>
        Placed(
            path,
            () =>
            {
                using var file = InputFile.Open(path, "an .npy file");
                return NumpyArray.Read(file, file.Length);
            }
        );

    static T Placed<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException error) when (!error.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }
}
