namespace RobustInference.Files;

/// <summary>An array of a file that is read from its first number to its last, without being held in memory.</summary>
/// <param name="header">What it is.</param>
/// <param name="numbers">At its first number; disposed with this.</param>
/// <param name="file">The file around it, disposed with this.</param>
public sealed class ArrayStream(NumpyHeader header, Stream numbers, IDisposable file) : IDisposable
{
    /// <summary>What it is.</summary>
    public NumpyHeader Header => header;

    /// <summary>The next numbers, in the file's order.</summary>
    /// <param name="count">How many; the whole must be left.</param>
    /// <param name="shape">Lengths of the axes of what is read.</param>
    /// <exception cref="InvalidDataException">The file ends before, or is damaged.</exception>
    public NumpyArray Read(int count, params long[] shape)
    {
        var data = new byte[count * header.ItemBytes];
        try
        {
            numbers.ReadExactly(data);
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException("is truncated");
        }
        return new(header.Kind, header.ItemBytes, header.BigEndian, shape, data);
    }

    public void Dispose()
    {
        numbers.Dispose();
        file.Dispose();
    }
}
