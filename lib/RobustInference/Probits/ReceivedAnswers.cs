using System.Numerics.Tensors;
using RobustInference.Files;
using RobustInference.Serving;

namespace RobustInference.Probits;

/// <summary>What n clients answered to S new queries over K classes: no labels are needed, and clients may be
/// absent.</summary>
/// <param name="Name">What messages and tables call it.</param>
/// <param name="Probits">[S, n, K]; a row of NaN for a client that sent nothing. Rows are checked when they are
/// used.</param>
/// <param name="Samples">S.</param>
/// <param name="Clients">n.</param>
/// <param name="Classes">K.</param>
/// <param name="Labels">[S], where the file has them; nothing is answered by them.</param>
public sealed record ReceivedAnswers(
    string Name,
    float[] Probits,
    int Samples,
    int Clients,
    int Classes,
    long[]? Labels = null
)
{
    static readonly string[] Arrays = ["test_logits", "test_probits", "logits", "probits"];

    /// <summary>One query's n·K probabilities.</summary>
    public ReadOnlySpan<float> Query(int sample) => Probits.AsSpan(sample * Clients * Classes, Clients * Classes);

    /// <summary>Reads the <c>test_logits</c>, <c>test_probits</c>, <c>logits</c> or <c>probits</c> of an <c>.npz</c>,
    /// or a single <c>.npy</c>, which holds probabilities where no number is negative and every row sums to
    /// 1.</summary>
    /// <exception cref="InvalidDataException">The message names the file, the array and the place in it.</exception>
    public static ReceivedAnswers Read(string path)
    {
        if (Path.GetExtension(path) == ".npy")
        {
            using var file = InputFile.Open(path, "an .npy file");
            try
            {
                var array = NumpyArray.Read(file, file.Length);
                return Of(path, "", array, null, logits: null);
            }
            catch (InvalidDataException e) when (!e.Message.StartsWith(path, StringComparison.Ordinal))
            {
                throw new InvalidDataException($"{path}: {e.Message}", e);
            }
        }
        var arrays = Npz.Read(path, [.. Arrays, "test_labels", "labels"]);
        string name =
            Arrays.FirstOrDefault(arrays.ContainsKey)
            ?? throw new InvalidDataException($"{path}: holds none of {string.Join(", ", Arrays)}");
        string labels = name.StartsWith("test_", StringComparison.Ordinal) ? "test_labels" : "labels";
        return Of(
            path,
            $"array {name}, ",
            arrays[name],
            arrays.TryGetValue(labels, out var given) ? given.ToIntegers() : null,
            name.EndsWith("logits", StringComparison.Ordinal)
        );
    }

    static ReceivedAnswers Of(string path, string place, NumpyArray array, long[]? labels, bool? logits)
    {
        if (array.Shape is not [var samples, var clients, var classes])
            throw new InvalidDataException(
                $"{path}: {place}the shape is {array.ShapeText}, wanted (samples, clients, classes)"
            );
        if (samples < 1 || clients < 1 || classes < 2)
            throw new InvalidDataException(
                $"{path}: {place}{samples} samples, {clients} clients and {classes} classes; at least 1, 1 and 2 are "
                    + "needed"
            );
        if (labels is not null && labels.Length != samples)
            throw new InvalidDataException($"{path}: {samples} samples, but {labels.Length} labels");
        float[] values = array.ToFloats();
        int width = (int)classes;
        if (logits ?? !AreProbits(values, width))
            for (int at = 0; at < values.Length; at += width)
            {
                var row = values.AsSpan(at, width);
                int finite = 0;
                foreach (float value in row)
                    finite += float.IsFinite(value) ? 1 : 0;
                if (finite == width)
                    SoftmaxInplace(row);
                else if (row.ContainsAnyExcept(float.NaN))
                    throw new InvalidDataException(
                        $"{path}: {place}sample {at / width / clients}, client {at / width % clients}: a logit is not "
                            + "finite; only a whole row of NaN stands for an absent client"
                    );
            }
        return new(path, values, (int)samples, (int)clients, width, labels);
    }

    static bool AreProbits(ReadOnlySpan<float> values, int width)
    {
        for (int at = 0; at < values.Length; at += width)
        {
            var row = values.Slice(at, width);
            if (!row.ContainsAnyExcept(float.NaN))
                continue;
            if (!(TensorPrimitives.Min(row) >= 0 && Math.Abs(TensorPrimitives.Sum(row) - 1) <= ProbitSet.SumTolerance))
                return false;
        }
        return true;
    }

    static void SoftmaxInplace(Span<float> row)
    {
        double greatest = TensorPrimitives.Max(row),
            sum = 0;
        foreach (float value in row)
            sum += Math.Exp(value - greatest);
        for (int k = 0; k < row.Length; k++)
            row[k] = (float)(Math.Exp(row[k] - greatest) / sum);
    }
}
