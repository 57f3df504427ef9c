namespace RobustInference.Files;

/// <summary>Passes the bytes of a zip's entry on and keeps their CRC-32, which System.IO.Compression does not
/// compare.</summary>
/// <param name="inner">At the entry's first byte.</param>
/// <param name="expected">Bytes and CRC-32 of the entry: compared when the last byte has been read. Null: the reader
/// does it.</param>
sealed class Crc32Stream(Stream inner, (long Bytes, uint Crc32)? expected = null) : Stream
{
    // Eight bytes at a time ("slicing by 8"): table k is the change that a byte makes k bytes later.
    static readonly uint[][] Tables = MakeTables();

    uint state = uint.MaxValue;
    long bytesRead;

    public uint Crc32 => ~state;

    static uint[][] MakeTables()
    {
        var tables = Enumerable.Range(0, 8).Select(_ => new uint[256]).ToArray();
        for (uint i = 0; i < 256; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
                value = (value & 1) == 0 ? value >> 1 : value >> 1 ^ 0xEDB88320;
            tables[0][i] = value;
        }
        for (int k = 1; k < 8; k++)
        for (int i = 0; i < 256; i++)
            tables[k][i] = tables[0][(byte)tables[k - 1][i]] ^ tables[k - 1][i] >> 8;
        return tables;
    }

    public override int Read(Span<byte> buffer)
    {
        int count;
        try
        {
            count = inner.Read(buffer);
        }
        catch (InvalidDataException)
        {
            throw new InvalidDataException("is damaged: it cannot be unpacked");
        }
        Update(buffer[..count]);
        bytesRead += count;
        if (bytesRead == expected?.Bytes && Crc32 != expected?.Crc32)
            throw new InvalidDataException("is damaged: its checksum does not fit");
        return count;
    }

    void Update(ReadOnlySpan<byte> bytes)
    {
        var t = Tables;
        uint crc = state;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            ulong eight = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ crc;
            crc =
                t[7][(byte)eight]
                ^ t[6][(byte)(eight >> 8)]
                ^ t[5][(byte)(eight >> 16)]
                ^ t[4][(byte)(eight >> 24)]
                ^ t[3][(byte)(eight >> 32)]
                ^ t[2][(byte)(eight >> 40)]
                ^ t[1][(byte)(eight >> 48)]
                ^ t[0][eight >> 56];
        }
        foreach (byte b in bytes)
            crc = t[0][(byte)(crc ^ b)] ^ crc >> 8;
        state = crc;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
