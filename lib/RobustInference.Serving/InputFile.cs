using System.Runtime.InteropServices;

namespace RobustInference.Serving;

/// <summary>Opens files that anyone may have written: only regular ones. A pipe would be waited for without end, and a
/// device such as <c>/dev/zero</c> has no end.</summary>
public static partial class InputFile
{
    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">The file.</param>
    /// <param name="wanted">What it should be, for the message where it is a folder.</param>
    /// <param name="share">What others may do to it meanwhile.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is a folder, a pipe, a socket or a device.</exception>
    public static FileStream Open(string path, string wanted = "a file", FileShare share = FileShare.Read)
    {
        Check(path, wanted);
        return new FileStream(path, FileMode.Open, FileAccess.Read, share);
    }

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">The most bytes that it may hold.</param>
    /// <param name="wanted">What it should be, such as <c>a vocab.txt</c>.</param>
    /// <exception cref="InvalidDataException">It is larger, or no regular file.</exception>
    public static byte[] ReadAllBytes(string path, long most, string wanted)
    {
        using var file = Open(path, wanted);
        if (file.Length > most)
            throw new InvalidDataException(
                $"{path}: holds {file.Length:N0} bytes, more than the {most:N0} that {wanted} may have"
            );
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Refuses what is no regular file, without opening it.</summary>
    /// <inheritdoc cref="Open" path="/param"/>
    /// <inheritdoc cref="Open" path="/exception"/>
    public static void Check(string path, string wanted = "a file")
    {
        if (Directory.Exists(path))
            throw new InvalidDataException($"{path}: is a folder, wanted {wanted}");
        if (Kind(path) is { } kind)
            throw new InvalidDataException($"{path}: is {kind}, wanted {wanted}");
    }

    // .NET does not say what kind of file stands behind a name; Linux does, without opening it.
    static string? Kind(string path)
    {
        const int AtWorkingFolder = -100,
            TypeOnly = 1,
            ModeAt = 28,
            TypeBits = 0xF000;
        if (!OperatingSystem.IsLinux())
            return null;
        Span<byte> status = stackalloc byte[256];
        try
        {
            if (Status(AtWorkingFolder, path, 0, TypeOnly, ref MemoryMarshal.GetReference(status)) != 0)
                return null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
        return (MemoryMarshal.Read<ushort>(status[ModeAt..]) & TypeBits) switch
        {
            0x1000 => "a pipe",
            0x2000 or 0x6000 => "a device",
            0xC000 => "a socket",
            _ => null,
        };
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint mask, ref byte status);
}
