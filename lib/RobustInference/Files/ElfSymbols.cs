using System.Buffers.Binary;
using System.Text;
using RobustInference.Serving;

namespace RobustInference.Files;

/// <summary>The names that a shared library of Linux has and wants (ELF, 64 bits, little-endian): its dynamic symbol
/// table.</summary>
public static class ElfSymbols
{
    const int HeaderBytes = 64,
        SectionBytes = 64,
        SymbolBytes = 24,
        DynamicSymbols = 11,
        // A library is loaded without what it wants only weakly (STB_WEAK).
        Weak = 2;
    const long LargestTable = 1L << 30;

    /// <summary>Reads a library's table; nothing of it is loaded.</summary>
    /// <param name="path">A <c>.so</c> file.</param>
    /// <returns>What it has, and what it must be given by others: names that it wants weakly are not among
    /// them.</returns>
    /// <exception cref="InvalidDataException">No such library, or a truncated one.</exception>
    public static (IReadOnlySet<string> Has, IReadOnlySet<string> Wants) Read(string path)
    {
        using var file = InputFile.Open(path, "a shared library");
        byte[] header = At(0, HeaderBytes);
        if (header is not [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, ..])
            throw new InvalidDataException($"{path}: is no shared library of 64-bit Linux");
        long sections = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(0x28));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(0x3C));
        byte[] table = At(sections, (long)count * SectionBytes);
        HashSet<string> has = [],
            wants = [];
        for (int s = 0; s < count; s++)
        {
            var section = table.AsSpan(s * SectionBytes, SectionBytes);
            int link = BinaryPrimitives.ReadInt32LittleEndian(section[0x28..]);
            if (BinaryPrimitives.ReadInt32LittleEndian(section[4..]) != DynamicSymbols || link < 0 || link >= count)
                continue;
            byte[] symbols = Contents(section),
                names = Contents(table.AsSpan(link * SectionBytes, SectionBytes));
            for (int at = 0; at + SymbolBytes <= symbols.Length; at += SymbolBytes)
            {
                uint name = BinaryPrimitives.ReadUInt32LittleEndian(symbols.AsSpan(at));
                bool defined = BinaryPrimitives.ReadUInt16LittleEndian(symbols.AsSpan(at + 6)) != 0;
                if (name == 0 || name >= names.Length || !defined && symbols[at + 4] >> 4 == Weak)
                    continue;
                var text = names.AsSpan((int)name);
                int end = text.IndexOf((byte)0);
                (defined ? has : wants).Add(Encoding.ASCII.GetString(end < 0 ? text : text[..end]));
            }
        }
        return (has, wants);

        byte[] Contents(ReadOnlySpan<byte> section) =>
            At(
                BinaryPrimitives.ReadInt64LittleEndian(section[0x18..]),
                BinaryPrimitives.ReadInt64LittleEndian(section[0x20..])
            );

        byte[] At(long from, long length)
        {
            if (from < 0 || length < 0 || length > LargestTable || from > file.Length - length)
                throw new InvalidDataException($"{path}: is truncated, or no shared library");
            var bytes = new byte[length];
            file.Position = from;
            file.ReadExactly(bytes);
            return bytes;
        }
    }
}
