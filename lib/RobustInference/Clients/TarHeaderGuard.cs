using System.Text;

namespace RobustInference.Clients;

/// <summary>The unpacked stream of a tar archive, in which no header may claim more than <see cref="Most"/> bytes: the
/// library makes room for as much as an extended header says, up to 2 GB, before it reads it.</summary>
/// <param name="archive">What messages call the file.</param>
/// <param name="stream">The unpacked bytes; read forward only.</param>
sealed class TarHeaderGuard(string archive, Stream stream) : Stream
{
    const int Block = 512,
        SizeAt = 124,
        SizeLength = 12,
        TypeAt = 156;

    /// <summary>The most bytes that an extended header may have.</summary>
    public const long Most = 1 << 20;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        if (read == Block)
            Check(buffer[..Block]);
        return read;
    }

    // A block of a file's own bytes may look like such a header too; then its size would have to be absurd as well.
    void Check(ReadOnlySpan<byte> header)
    {
        if (header[TypeAt] is not ((byte)'x' or (byte)'g' or (byte)'L' or (byte)'K'))
            return;
        var size = header.Slice(SizeAt, SizeLength);
        string digits = Encoding.ASCII.GetString(size).Trim('\0', ' ');
        bool small =
            digits.All(digit => digit is >= '0' and <= '7')
            && digits.Length < SizeLength
            && (digits.Length == 0 || Convert.ToInt64(digits, 8) <= Most);
        if (!small)
            throw new InvalidDataException($"{archive}: an extended header says it has more than {Most:N0} bytes");
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            stream.Dispose();
        base.Dispose(disposing);
    }
}
