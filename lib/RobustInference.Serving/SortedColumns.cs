namespace RobustInference.Serving;

/// <summary>One sample's columns, a class each, in ascending order. Sums run upwards, so that equal values have equal
/// sums to the last bit.</summary>
internal sealed class SortedColumns
{
    readonly int[] rows;
    readonly double[][] sorted,
        values;
    readonly int[][] order;

    /// <param name="rows">Which clients count.</param>
    /// <param name="classes">K.</param>
    public SortedColumns(int[] rows, int classes)
    {
        this.rows = rows;
        Classes = classes;
        sorted = [.. Enumerable.Range(0, classes).Select(_ => new double[rows.Length])];
        order = [.. Enumerable.Range(0, classes).Select(_ => new int[rows.Length])];
        values = [.. Enumerable.Range(0, classes).Select(_ => new double[rows.Length])];
    }

    SortedColumns(SortedColumns of, int k, double factor)
    {
        (rows, Classes, order) = (of.rows, of.Classes, of.order);
        (sorted, values) = ([.. of.sorted], [.. of.values]);
        sorted[k] = Array.ConvertAll(of.sorted[k], value => value * factor);
        values[k] = Array.ConvertAll(of.values[k], value => value * factor);
    }

    public int Classes { get; }

    /// <summary>These columns with a class's values times a factor that is not negative.</summary>
    public SortedColumns Scaled(int k, double factor) => factor == 1 ? this : new(this, k, factor);

    /// <summary>Takes the values of one sample, [n, K].</summary>
    public void Sort(ReadOnlySpan<float> sample)
    {
        for (int k = 0; k < Classes; k++)
        {
            for (int i = 0; i < rows.Length; i++)
                (values[k][i], order[k][i]) = (sample[rows[i] * Classes + k], i);
            values[k].CopyTo(sorted[k], 0);
            sorted[k].AsSpan().Sort(order[k].AsSpan());
        }
    }

    /// <summary>A class's values in the order of the rows.</summary>
    public ReadOnlySpan<double> Column(int k) => values[k];

    /// <summary>A class's values, ascending.</summary>
    public ReadOnlySpan<double> Ascending(int k) => sorted[k];

    /// <summary>The rows in the ascending order of a class's values.</summary>
    public ReadOnlySpan<int> Order(int k) => order[k];

    /// <summary>The sum of the lowest values less the lowest of them.</summary>
    public double FromBelow(int k, int dropped, int count) => Sum(sorted[k].AsSpan(dropped..count));

    /// <summary>The sum of the highest values less the highest of them.</summary>
    public double FromAbove(int k, int dropped, int count) =>
        Sum(sorted[k].AsSpan((rows.Length - count)..(rows.Length - dropped)));

    static double Sum(ReadOnlySpan<double> ascending)
    {
        double sum = 0;
        foreach (double value in ascending)
            sum += value;
        return sum;
    }
}
