using RobustInference.Files;

namespace RobustInference.Inputs;

/// <summary>Which axis of an array is what, and the array turned to [samples, clients, classes].</summary>
/// <param name="Samples">The axis of the samples.</param>
/// <param name="Clients">The axis of the clients.</param>
/// <param name="Classes">The axis of the classes; null for votes.</param>
sealed record AxisOrder(int Samples, int Clients, int? Classes)
{
    /// <summary>The order that is meant unless something else is said or clear.</summary>
    public static AxisOrder Usual(int axes) => new(0, 1, axes == 3 ? 2 : null);

    /// <summary>Whether it is the usual one.</summary>
    public bool IsUsual => Samples == 0 && Clients == 1;

    /// <summary>From an option such as <c>clients,samples,classes</c>.</summary>
    /// <param name="text">The option.</param>
    /// <param name="axes">3, or 2 for votes.</param>
    /// <exception cref="ArgumentException">It does not name each axis once.</exception>
    public static AxisOrder Parse(string text, int axes)
    {
        string[] words = [.. text.Split(',', StringSplitOptions.TrimEntries).Select(word => word.ToLowerInvariant())];
        if (axes == 2)
            words = [.. words.Where(word => word != "classes")];
        int samples = Array.IndexOf(words, "samples"),
            clients = Math.Max(Array.IndexOf(words, "clients"), Array.IndexOf(words, "models")),
            classes = Array.IndexOf(words, "classes");
        return samples >= 0 && clients >= 0 && words.Length == axes && (axes == 2 || classes >= 0)
            ? new(samples, clients, axes == 3 ? classes : null)
            : throw new ArgumentException(
                $"--axes is '{text}'; it must name samples, clients and classes in the array's order, such as "
                    + "clients,samples,classes"
            );
    }

    /// <summary>What the lengths say: samples are as many as labels, and more than clients.</summary>
    /// <param name="shape">Lengths of the axes.</param>
    /// <param name="labels">How many labels there are.</param>
    public static AxisOrder Guess(long[] shape, int labels) =>
        shape.Length is 2 or 3 && shape[0] < shape[1] && shape[1] == labels
            ? Usual(shape.Length) with
            {
                Samples = 1,
                Clients = 0,
            }
            : Usual(shape.Length);

    /// <summary>The lengths in the usual order.</summary>
    public long[] Turn(long[] shape) =>
        Classes is { } classes ? [shape[Samples], shape[Clients], shape[classes]] : [shape[Samples], shape[Clients]];

    /// <summary>The numbers in the usual order; the same ones where they are in it.</summary>
    public T[] Turn<T>(T[] values, long[] shape)
    {
        if (IsUsual)
            return values;
        long[] strides = StoredTensor.RowMajor(shape),
            turned = Turn(shape);
        long perSample = strides[Samples],
            perClient = strides[Clients],
            perClass = Classes is { } axis ? strides[axis] : 0;
        long classes = Classes is null ? 1 : turned[2];
        var result = new T[values.Length];
        long at = 0;
        for (long s = 0; s < turned[0]; s++)
        for (long c = 0; c < turned[1]; c++)
        for (long k = 0; k < classes; k++)
            result[at++] = values[s * perSample + c * perClient + k * perClass];
        return result;
    }

    /// <summary>Such as <c>clients, samples, classes</c>.</summary>
    public override string ToString()
    {
        var words = new string[Classes is null ? 2 : 3];
        (words[Samples], words[Clients]) = ("samples", "clients");
        if (Classes is { } classes)
            words[classes] = "classes";
        return string.Join(", ", words);
    }
}
