using System.Text;

namespace Tests.RobustInference.Torch;

/// <summary>The symbol versions that a 64-bit ELF library needs, read as the loader does: from the dynamic segment, not
/// from the sections.</summary>
static class ElfVersions
{
    const long DtNull = 0,
        DtStrTab = 5,
        DtVerNeed = 0x6ffffffe,
        DtVerNeedNum = 0x6fffffff;
    const uint PtLoad = 1,
        PtDynamic = 2;

    public static IEnumerable<(string Library, string Version, bool Weak)> Needed(string path)
    {
        byte[] elf = File.ReadAllBytes(path);
        long U64(long at) => BitConverter.ToInt64(elf, (int)at);
        uint U32(long at) => BitConverter.ToUInt32(elf, (int)at);
        ushort U16(long at) => BitConverter.ToUInt16(elf, (int)at);
        string Text(long at) => Encoding.ASCII.GetString(elf, (int)at, Array.IndexOf(elf, (byte)0, (int)at) - (int)at);

        var segments = Enumerable.Range(0, U16(0x38)).Select(i => U64(0x20) + i * U16(0x36)).ToArray();
        long InFile(long address) =>
            segments
                .Where(s => U32(s) == PtLoad && address >= U64(s + 16) && address < U64(s + 16) + U64(s + 32))
                .Select(s => address - U64(s + 16) + U64(s + 8))
                .First();

        var dynamic = new Dictionary<long, long>();
        for (long at = U64(segments.First(s => U32(s) == PtDynamic) + 8); U64(at) != DtNull; at += 16)
            dynamic.TryAdd(U64(at), U64(at + 8));
        long names = InFile(dynamic[DtStrTab]),
            need = InFile(dynamic[DtVerNeed]);
        for (long n = 0; n < dynamic[DtVerNeedNum]; n++, need += U32(need + 12))
        {
            long aux = need + U32(need + 8);
            for (int i = 0; i < U16(need + 2); i++, aux += U32(aux + 12))
                yield return (Text(names + U32(need + 4)), Text(names + U32(aux + 8)), (U16(aux + 4) & 2) != 0);
        }
    }
}
