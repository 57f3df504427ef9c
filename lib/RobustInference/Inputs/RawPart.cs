using RobustInference.Files;

namespace RobustInference.Inputs;

/// <summary>One part of an input, read but not yet understood.</summary>
/// <param name="Name">What messages call the answers.</param>
/// <param name="Numbers">One array of all clients, or one a client; null for votes.</param>
/// <param name="Votes">The same where clients answer with a class.</param>
/// <param name="Shape">Lengths of the axes, clients second where each has an array.</param>
/// <param name="Type">The file's type of number.</param>
/// <param name="Labels">The labels.</param>
sealed record RawPart(string Name, float[]? Numbers, RawLabels? Votes, long[] Shape, string Type, RawLabels Labels)
{
    /// <summary>Reads the arrays of a part.</summary>
    /// <exception cref="InvalidDataException">One cannot be read, or holds something else.</exception>
    public static RawPart Read(ArraySource source, PartRoles roles, Func<RawLabels> elsewhere)
    {
        var labels = roles.Labels is { } own ? RawLabels.Of(own.Name, Read(source, own)) : elsewhere();
        foreach (var same in roles.SameLabels ?? [])
        {
            var others = RawLabels.Of(same.Name, Read(source, same));
            if (
                !(others.Numbers ?? []).SequenceEqual(labels.Numbers ?? [])
                || !(others.Texts ?? []).SequenceEqual(labels.Texts ?? [])
            )
                throw new InvalidDataException(
                    $"{source.FileOf(same.Name)}: its labels are not those of {source.FileOf(roles.Labels!.Name)}; all "
                        + "clients must answer the same samples in the same order"
                );
        }
        var arrays = roles.Answers.Select(array => Read(source, array)).ToArray();
        var first = arrays[0];
        if (arrays is [{ Kind: 'f', Shape.Length: not 3 } flat])
            throw new InvalidDataException(
                $"array {roles.Name} has the shape {flat.ShapeText}, wanted (samples, clients, classes); give "
                    + $"three axes, "
                    + "or one array a client"
            );
        if (arrays is [var one])
            return one.Shape.Length == 2
                ? new(roles.Name, null, RawLabels.OfVotes(roles.Name, one), one.Shape, one.TypeName, labels)
                : new(roles.Name, Floats(roles.Answers[0], one), null, one.Shape, one.TypeName, labels);
        return first.Shape.Length == 1
            ? new(
                roles.Name,
                null,
                Together(
                    roles.Name,
                    [.. roles.Answers.Zip(arrays, (role, array) => RawLabels.OfVotes(role.Name, array))]
                ),
                [first.Shape[0], arrays.Length],
                first.TypeName,
                labels
            )
            : new(
                roles.Name,
                Stacked([.. roles.Answers.Zip(arrays, Floats)], first.Shape),
                null,
                [first.Shape[0], arrays.Length, first.Shape[1]],
                first.TypeName,
                labels
            );
    }

    static NumpyArray Read(ArraySource source, ArrayInfo array) =>
        array.Fault is { } fault
            ? throw new InvalidDataException($"array {array.Name} {fault}")
            : source.Read(array.Name);

    static float[] Floats(ArrayInfo role, NumpyArray array)
    {
        if (array.Kind == 'f')
            return array.ToFloats();
        // One-hot rows may come as integers or truth values.
        if (array.IsText || array.Shape.Length != 3 || ArrayName.Of(role.Name).IsOfLogits)
            throw new InvalidDataException(
                $"array {role.Name} holds {array.TypeName}, wanted float16, float32 or float64; convert it"
            );
        return [.. array.ToIntegers().Select(number => (float)number)];
    }

    static float[] Stacked(float[][] clients, long[] shape)
    {
        int samples = (int)shape[0],
            classes = (int)shape[1];
        var all = new float[clients.Length * samples * classes];
        for (int c = 0; c < clients.Length; c++)
        for (int s = 0; s < samples; s++)
            clients[c].AsSpan(s * classes, classes).CopyTo(all.AsSpan((s * clients.Length + c) * classes));
        return all;
    }

    static RawLabels Together(string name, RawLabels[] clients)
    {
        int samples = clients[0].Count;
        T[] All<T>(Func<RawLabels, int, T> vote) =>
            [.. Enumerable.Range(0, samples).SelectMany(s => clients.Select(client => vote(client, s)))];
        return clients.All(client => client.Numbers is not null)
            ? new(name, All((client, s) => client.Numbers![s]), null)
            : new(
                name,
                null,
                All(
                    (client, s) =>
                        client.Texts?[s]
                        ?? client.Numbers![s].ToString(System.Globalization.CultureInfo.InvariantCulture)
                )
            );
    }
}
