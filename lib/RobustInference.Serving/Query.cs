namespace RobustInference.Serving;

/// <summary>The answers to one query, checked: the rows that came, on the simplex.</summary>
/// <param name="Clients">n.</param>
/// <param name="Classes">K.</param>
/// <param name="Present">Which clients answered, ascending.</param>
/// <param name="Rows">Their rows, [n−a, K], each divided by its sum as the library does.</param>
internal sealed record Query(int Clients, int Classes, int[] Present, float[] Rows)
{
    /// <summary>How far a row's sum may be from 1.</summary>
    public const double SumTolerance = 1e-3;

    /// <summary>a.</summary>
    public int Absent => Clients - Present.Length;

    /// <summary>A row that came.</summary>
    public ReadOnlySpan<float> Row(int index) => Rows.AsSpan(index * Classes, Classes);

    /// <summary>Checks n·K numbers; a row of NaN stands for an absent client.</summary>
    /// <exception cref="InvalidDataException">A row is not on the simplex: the message names the client.</exception>
    public static Query Of(ReadOnlySpan<float> values, int clients, int classes)
    {
        if (clients < 1 || classes < 2 || values.Length != (long)clients * classes)
            throw new ArgumentException(
                $"{values.Length} numbers for {clients} clients and {classes} classes; at least 1 client and 2 classes "
                    + "are needed"
            );
        var present = new List<int>(clients);
        var rows = new float[values.Length];
        for (int client = 0; client < clients; client++)
        {
            var row = values.Slice(client * classes, classes);
            int missing = 0;
            double sum = 0;
            foreach (float p in row)
            {
                if (float.IsNaN(p))
                    missing++;
                else if (!(p >= 0 && float.IsFinite(p)))
                    throw new InvalidDataException(
                        FormattableString.Invariant($"client {client}: {p} is not a probability")
                    );
                sum += p;
            }
            if (missing == classes)
                continue;
            if (missing > 0)
                throw new InvalidDataException(
                    $"client {client}: {missing} of {classes} probabilities are NaN; only a whole row of NaN stands "
                        + "for an absent client"
                );
            if (Math.Abs(sum - 1) > SumTolerance)
                throw new InvalidDataException(
                    FormattableString.Invariant($"client {client}: the probabilities sum to {sum:0.######}, not to 1")
                );
            var target = rows.AsSpan(present.Count * classes, classes);
            for (int k = 0; k < classes; k++)
                target[k] = (float)(row[k] / sum);
            present.Add(client);
        }
        return new(clients, classes, [.. present], rows);
    }
}
