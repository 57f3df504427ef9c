using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Tests.Faults;

/// <summary>Changes a sound file as damage and malice would: bits, lengths, order, members of a zip, tokens of a
/// text.</summary>
static partial class FileMutator
{
    static readonly string[] Tokens =
    [
        "null",
        "-1",
        "1e999",
        "9223372036854775808",
        "0.5",
        "\"\\ud800\"",
        "\"x\"",
        "[]",
        "{}",
        "[null]",
        "true",
        "{\"a\":1,\"a\":2}",
        new string('[', 200),
    ];

    static readonly byte[][] Numbers =
    [
        [0xFF, 0xFF, 0xFF, 0xFF],
        [0xFF, 0xFF, 0xFF, 0x7F],
        [0, 0, 0, 0x80],
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
        [0, 0, 0, 0],
    ];

    /// <summary>The file with one to three faults.</summary>
    public static byte[] Mutate(byte[] sound, Random random)
    {
        byte[] bytes = sound;
        for (int faults = random.Next(1, 4); faults > 0; faults--)
            bytes = Once(bytes, random);
        return bytes;
    }

    static byte[] Once(byte[] bytes, Random random)
    {
        if (bytes.Length == 0)
            return [(byte)random.Next(256)];
        if (IsZip(bytes) && random.Next(3) > 0 && Repacked(bytes, random) is { } repacked)
            return repacked;
        if (IsGzip(bytes) && random.Next(3) > 0 && Recompressed(bytes, random) is { } recompressed)
            return recompressed;
        if (IsText(bytes) && random.Next(3) > 0)
            return Retold(bytes, random);
        int at = random.Next(bytes.Length),
            length = random.Next(1, Math.Max(2, Math.Min(64, bytes.Length - at)));
        byte[] changed = [.. bytes];
        switch (random.Next(7))
        {
            case 0:
                changed[at] ^= (byte)(1 << random.Next(8));
                return changed;
            case 1:
                changed[at] = (byte)random.Next(256);
                return changed;
            case 2:
                return bytes[..at];
            case 3:
                return [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + length)..]];
            case 4:
                return [.. bytes[..at], .. bytes.AsSpan(at, Math.Min(length, bytes.Length - at)), .. bytes[at..]];
            case 5:
                // Headers come first, and with them the lengths.
                byte[] number = Numbers[random.Next(Numbers.Length)];
                int head = random.Next(Math.Min(bytes.Length, 256));
                number.AsSpan(0, Math.Min(number.Length, bytes.Length - head)).CopyTo(changed.AsSpan(head));
                return changed;
            default:
                changed.AsSpan(at, Math.Min(length, bytes.Length - at)).Clear();
                return changed;
        }
    }

    static bool IsZip(byte[] bytes) => bytes is [(byte)'P', (byte)'K', 3, 4, ..];

    static bool IsGzip(byte[] bytes) => bytes is [0x1F, 0x8B, ..];

    static bool IsText(byte[] bytes) => bytes.AsSpan(0, Math.Min(bytes.Length, 512)).IndexOf((byte)0) < 0;

    // What is inside is changed and its checksum made to fit, so that the inner reader is reached.
    static byte[]? Repacked(byte[] bytes, Random random)
    {
        try
        {
            using var source = new ZipArchive(new MemoryStream(bytes));
            int chosen = random.Next(source.Entries.Count);
            using var output = new MemoryStream();
            using (var target = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true))
                for (int i = 0; i < source.Entries.Count; i++)
                {
                    var entry = source.Entries[i];
                    using var content = new MemoryStream();
                    using (var stream = entry.Open())
                        stream.CopyTo(content);
                    byte[] inside = content.ToArray();
                    string name = entry.FullName;
                    if (i == chosen)
                        switch (random.Next(8))
                        {
                            case 0:
                                continue;
                            case 1:
                                name = random.Next(2) == 0 ? "../" + name : source.Entries[0].FullName;
                                break;
                            default:
                                inside = Once(inside, random);
                                break;
                        }
                    using var made = target.CreateEntry(name, CompressionLevel.NoCompression).Open();
                    made.Write(inside);
                }
            return output.ToArray();
        }
        catch (Exception error) when (error is InvalidDataException or IOException or ArgumentException)
        {
            return null;
        }
    }

    static byte[]? Recompressed(byte[] bytes, Random random)
    {
        try
        {
            using var content = new MemoryStream();
            using (var stream = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress))
                stream.CopyTo(content);
            using var output = new MemoryStream();
            using (var stream = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
                stream.Write(Once(content.ToArray(), random));
            return output.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    static byte[] Retold(byte[] bytes, Random random)
    {
        string text = Encoding.UTF8.GetString(bytes);
        var tokens = Token().Matches(text);
        if (tokens.Count == 0)
            return bytes[..(bytes.Length / 2)];
        var token = tokens[random.Next(tokens.Count)];
        string other = Tokens[random.Next(Tokens.Length)];
        return Encoding.UTF8.GetBytes(text[..token.Index] + other + text[(token.Index + token.Length)..]);
    }

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"|-?[0-9][0-9.eE+-]*|true|false|null|[A-Za-z]+")]
    private static partial Regex Token();
}
