namespace RobustInference.Serving;

/// <summary>The known values of every latent coordinate in order, with prefix sums: one sort serves every
/// box.</summary>
/// <param name="width">h.</param>
/// <param name="rows">How many are known.</param>
internal sealed class LatentColumns(int width, int rows)
{
    readonly double[] values = new double[width * rows],
        sums = new double[width * (rows + 1)];

    /// <summary>Puts in the encoding of one row.</summary>
    public void Set(int row, ReadOnlySpan<double> encoding)
    {
        for (int j = 0; j < width; j++)
            values[j * rows + row] = encoding[j];
    }

    /// <summary>To be called when all are in.</summary>
    public void Sort()
    {
        for (int j = 0; j < width; j++)
        {
            var column = values.AsSpan(j * rows, rows);
            column.Sort();
            int at = j * (rows + 1);
            for (int i = 0; i < rows; i++)
                sums[at + i + 1] = sums[at + i] + column[i];
        }
    }

    /// <summary>The means of <paramref name="count"/> values from place <paramref name="from"/> on.</summary>
    public void Mean(int from, int count, Span<double> means)
    {
        for (int j = 0, at = 0; j < width; j++, at += rows + 1)
            means[j] = (sums[at + from + count] - sums[at + from]) / count;
    }

    /// <summary>The greatest absolute value of a coordinate.</summary>
    public double Size(int j) => Math.Max(Math.Abs(values[j * rows]), Math.Abs(values[(j + 1) * rows - 1]));
}
