using RobustInference.Files;

namespace RobustInference.Inputs;

/// <summary>NumPy's <c>.npz</c>, with any names.</summary>
public sealed class NpzReader : IArrayReader
{
    public IReadOnlyList<string> Endings { get; } = [".npz"];

    public ArraySource Open(string path, InputOptions options, bool isPart) => new Source(path);

    sealed class Source(string path) : ArraySource
    {
        public override string Path => path;

        public override string Form => "an .npz archive";

        public override IReadOnlyList<ArrayInfo> Arrays { get; } =
        [
            .. Npz.Headers(path)
                .Select(array =>
                    array.Header is { } header
                        ? new ArrayInfo(array.Name, header.Kind, header.ItemBytes, header.Shape)
                        : new ArrayInfo(array.Name, '?', 1, [], array.Fault)
                ),
        ];

        public override NumpyArray Read(string name) => Npz.Read(path, name)[name];
    }
}
