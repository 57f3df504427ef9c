using System.Runtime.InteropServices;
using RobustInference.Files;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Inputs;

/// <summary>Tensors of a <c>.safetensors</c> file, or of a dictionary that <c>torch.save</c> wrote.</summary>
public sealed class CheckpointReader : IArrayReader
{
    public IReadOnlyList<string> Endings { get; } = [".safetensors", ".pth", ".pt"];

    public ArraySource Open(string path, InputOptions options, bool isPart) => new Source(path);

    sealed class Source : ArraySource
    {
        public Source(string path)
        {
            Path = path;
            using var file = Checkpoint.Open(path);
            Arrays =
            [
                .. file.Tensors.Values.Select(tensor =>
                    tensor.IsFloat
                        ? new ArrayInfo(tensor.Name, 'f', (int)tensor.Type.ElementSize(), tensor.Shape)
                        : new ArrayInfo(
                            tensor.Name,
                            tensor.Type is ScalarType.Byte or ScalarType.Bool ? 'u' : 'i',
                            (int)tensor.Type.ElementSize(),
                            tensor.Shape
                        )
                ),
            ];
        }

        public override string Path { get; }

        public override string Form => "a file of tensors";

        public override IReadOnlyList<ArrayInfo> Arrays { get; }

        public override NumpyArray Read(string name)
        {
            using var scope = NewDisposeScope();
            using var file = Checkpoint.Open(Path);
            var stored = file.Tensors[name];
            var numbers = empty(stored.Shape, dtype: stored.IsFloat ? ScalarType.Float32 : ScalarType.Int64);
            file.CopyTo(name, numbers);
            return stored.IsFloat
                ? new NumpyArray('f', 4, false, stored.Shape, MemoryMarshal.AsBytes(numbers.Floats()).ToArray())
                : NumpyArray.Int64(numbers.Integers(), stored.Shape);
        }
    }
}
