using System.Buffers.Binary;
using System.Text;
using RobustInference.Files;

namespace Tests.RobustInference.Files;

/// <summary>On a library that is made here, byte by byte: a header, a table of symbols, their names, and the table of
/// the two sections.</summary>
public sealed class ElfSymbolsTests : IDisposable
{
    const byte Global = 1,
        Weak = 2;
    const int Header = 64,
        Section = 64,
        Symbol = 24;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    string Library(params (string Name, byte Binding, bool Defined)[] symbols)
    {
        var names = new MemoryStream();
        names.WriteByte(0);
        var table = new byte[(symbols.Length + 1) * Symbol];
        for (int i = 0; i < symbols.Length; i++)
        {
            var (name, binding, defined) = symbols[i];
            var entry = table.AsSpan((i + 1) * Symbol, Symbol);
            BinaryPrimitives.WriteInt32LittleEndian(entry, (int)names.Position);
            entry[4] = (byte)(binding << 4);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[6..], (ushort)(defined ? 1 : 0));
            names.Write(Encoding.ASCII.GetBytes(name + "\0"));
        }
        var header = new byte[Header];
        new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1 }.CopyTo(header, 0);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(0x28), Header + table.Length + names.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(0x3C), 2);
        byte[] sections =
        [
            .. Entry(type: 11, from: Header, table.Length, link: 1),
            .. Entry(type: 3, from: Header + table.Length, names.Length, link: 0),
        ];
        string path = folder.File("libmade.so");
        File.WriteAllBytes(path, [.. header, .. table, .. names.ToArray(), .. sections]);
        return path;
    }

    static byte[] Entry(int type, long from, long length, int link)
    {
        var entry = new byte[Section];
        BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(4), type);
        BinaryPrimitives.WriteInt64LittleEndian(entry.AsSpan(0x18), from);
        BinaryPrimitives.WriteInt64LittleEndian(entry.AsSpan(0x20), length);
        BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(0x28), link);
        return entry;
    }

    [Fact]
    public void A_name_that_is_wanted_weakly_need_not_be_anywhere()
    {
        var (has, wants) = ElfSymbols.Read(
            Library(
                ("offered", Global, true),
                ("offered_weakly", Weak, true),
                ("wanted", Global, false),
                // The function that initialises a thread's variable: newer libraries of torch have none.
                ("_ZTHN3c104impl26raw_local_dispatch_key_setE", Weak, false)
            )
        );
        Assert.Equal(["offered", "offered_weakly"], has.Order());
        Assert.Equal(["wanted"], wants);
    }

    [Fact]
    public void A_table_that_goes_past_the_end_is_refused()
    {
        string path = Library(("wanted", Global, false));
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);
        Assert.Contains("is truncated", Assert.Throws<InvalidDataException>(() => ElfSymbols.Read(path)).Message);
    }
}
