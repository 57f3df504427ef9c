using RobustInference.Files;
using RobustInference.Serving;

namespace RobustInference.Inputs;

/// <summary>A single array in NumPy's <c>.npy</c>, called as its file.</summary>
public sealed class NpyReader : IArrayReader
{
    public IReadOnlyList<string> Endings { get; } = [".npy"];

    public ArraySource Open(string path, InputOptions options, bool isPart) => new Source(path);

    /// <summary>Opens a file's numbers for reading from the first to the last.</summary>
    /// <exception cref="InvalidDataException">It is no such file, or is cut off; the message names it.</exception>
    internal static ArrayStream OpenNumbers(string path)
    {
        var file = InputFile.Open(path, "an .npy file");
        try
        {
            var header = Source.Named(path, () => NumpyHeader.Read(file));
            return file.Length < header.HeaderBytes + header.DataBytes
                ? throw new InvalidDataException($"{path}: is truncated; copy or write the file again")
                : new ArrayStream(header, file, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    sealed class Source(string path) : ArraySource
    {
        public override string Path => path;

        public override string Form => "an .npy array";

        public override IReadOnlyList<ArrayInfo> Arrays { get; } = [Describe(path)];

        public override NumpyArray Read(string name)
        {
            using var file = InputFile.Open(path, "an .npy file");
            return Named(path, () => NumpyArray.Read(file, file.Length));
        }

        static ArrayInfo Describe(string path)
        {
            using var file = InputFile.Open(path, "an .npy file");
            var header = Named(path, () => NumpyHeader.Read(file));
            return new(System.IO.Path.GetFileNameWithoutExtension(path), header.Kind, header.ItemBytes, header.Shape);
        }

        public static T Named<T>(string path, Func<T> read)
        {
            try
            {
                return read();
            }
            catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
            {
                throw new InvalidDataException(
                    $"{path}: {(e is EndOfStreamException ? "is truncated" : e.Message)}",
                    e
                );
            }
        }
    }
}
