using System.IO.Compression;
using RobustInference.Serving;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Files;

/// <summary>A file of <c>torch.save</c> (version 1.6 or later): a zip with a pickle, and the numbers of each storage in
/// an entry of its own, not compressed.</summary>
/// <remarks>Entries are looked up by name and read in place; none is ever unpacked into a folder.</remarks>
static class TorchFile
{
    const int MostEntries = 100_000;
    const string Program = "/data.pkl";

    public static Checkpoint Open(string path)
    {
        var file = InputFile.Open(path, "a .pth file");
        try
        {
            var zip = OpenZip(file);
            return new(path, Tensors(zip, Entries(zip, file.Length)), zip) { Bytes = file.Length };
        }
        catch (Exception e)
        {
            file.Dispose();
            if (e is InvalidDataException && !e.Message.StartsWith(path, StringComparison.Ordinal))
                throw new InvalidDataException($"{path}: {e.Message}", e);
            throw;
        }
    }

    static ZipArchive OpenZip(Stream file)
    {
        try
        {
            var zip = new ZipArchive(file, ZipArchiveMode.Read);
            // The table of contents is read on first use only, and may be broken too.
            return zip.Entries.Count <= MostEntries
                ? zip
                : throw new InvalidDataException($"holds {zip.Entries.Count:N0} entries");
        }
        catch (Exception e)
            when (e is InvalidDataException or IOException or ArgumentException
                && !e.Message.StartsWith("holds", StringComparison.Ordinal)
            )
        {
            throw new InvalidDataException("is not a zip archive, or is truncated", e);
        }
    }

    static Dictionary<string, ZipArchiveEntry> Entries(ZipArchive zip, long fileLength)
    {
        var entries = new Dictionary<string, ZipArchiveEntry>();
        long bytes = 0;
        foreach (var entry in zip.Entries)
        {
            string name = entry.FullName;
            if (name.Any(char.IsControl))
                throw new InvalidDataException("holds an entry whose name has control characters");
            if (name.StartsWith('/') || name.Contains('\\') || name.Contains(':') || name.Split('/').Contains(".."))
                throw new InvalidDataException($"holds an entry {name}, which points outside of the archive");
            if (!entries.TryAdd(name, entry))
                throw new InvalidDataException($"holds the entry {name} twice");
            // torch never compresses; so no entry is larger than the file, and all of them together are not either.
            if (entry.IsEncrypted || entry.Length != entry.CompressedLength)
                throw new InvalidDataException(
                    $"holds an entry {name} that is encrypted or compressed, {entry.Length:N0} bytes in "
                        + $"{entry.CompressedLength:N0}"
                );
            if ((bytes += entry.Length) > fileLength)
                throw new InvalidDataException("says that its entries have more bytes than the file");
        }
        return entries;
    }

    static IEnumerable<StoredTensor> Tensors(ZipArchive zip, Dictionary<string, ZipArchiveEntry> entries)
    {
        string[] programs =
        [
            .. entries.Keys.Where(name =>
                name.EndsWith(Program, StringComparison.Ordinal) && name.IndexOf('/') == name.Length - Program.Length
            ),
        ];
        if (entries.Keys.Any(name => name.EndsWith("/constants.pkl", StringComparison.Ordinal)))
            throw new InvalidDataException(
                "is a TorchScript program (torch.jit.save), and no program is run: save the model's state_dict()"
            );
        if (programs is not [var program])
            throw new InvalidDataException(
                $"holds {programs.Length} data.pkl, wanted one: it is no file of torch.save"
            );
        string root = program[..^Program.Length];
        if (entries.TryGetValue($"{root}/byteorder", out var order) && !Bytes(order).AsSpan().SequenceEqual("little"u8))
            throw new InvalidDataException("is not in little-endian byte order");
        foreach (var (name, value) in TorchState.Of(TorchPickle.Read(Bytes(entries[program]))))
        {
            if (value is not PickledTensor(var storage, var offset, var shape, var strides))
                throw new InvalidDataException($"holds {name}, which is no tensor: save the model's state_dict()");
            if (!entries.TryGetValue($"{root}/data/{storage.Key}", out var entry))
                throw new InvalidDataException($"tensor {name} lies in storage {storage.Key}, which is missing");
            long itemBytes = storage.Type.ElementSize();
            if (storage.Count > entry.Length / itemBytes || entry.Length != storage.Count * itemBytes)
                throw new InvalidDataException(
                    $"tensor {name} lies in storage {storage.Key}, which has {entry.Length:N0} bytes, not "
                        + $"{storage.Count:N0} numbers of {itemBytes}"
                );
            yield return new(name, storage.Type, shape, strides, () => At(entry, offset * itemBytes));
        }
    }

    /// <summary>A small entry, whole and undamaged.</summary>
    static byte[] Bytes(ZipArchiveEntry entry)
    {
        if (entry.Length > TorchPickle.LongestProgram)
            throw new InvalidDataException($"holds an entry {entry.FullName} of {entry.Length:N0} bytes");
        try
        {
            using var stream = At(entry, 0);
            var bytes = new byte[entry.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e)
            when (e is EndOfStreamException || e.Message.StartsWith("is damaged", StringComparison.Ordinal))
        {
            throw new InvalidDataException(
                $"holds an entry {entry.FullName} that is damaged: its checksum does not fit",
                e
            );
        }
    }

    /// <summary>An entry from a byte on. Its checksum is compared where it is read from the first byte to the last: all
    /// but parts of a shared storage.</summary>
    static Stream At(ZipArchiveEntry entry, long offset)
    {
        var stream = OpenEntry(entry);
        if (offset == 0)
            return new Crc32Stream(stream, (entry.Length, entry.Crc32));
        // The entry's stream cannot seek.
        var skipped = new byte[(int)Math.Min(offset, 1 << 20)];
        for (long left = offset; left > 0; left -= Math.Min(left, skipped.Length))
            stream.ReadExactly(skipped.AsSpan(0, (int)Math.Min(left, skipped.Length)));
        return stream;
    }

    static Stream OpenEntry(ZipArchiveEntry entry)
    {
        try
        {
            return entry.Open();
        }
        catch (InvalidDataException)
        {
            throw new InvalidDataException($"holds an entry {entry.FullName} that is damaged, or compressed");
        }
    }
}
