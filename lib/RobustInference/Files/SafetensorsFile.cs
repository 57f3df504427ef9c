using System.IO.MemoryMappedFiles;
using RobustInference.Serving;
using static TorchSharp.torch;

namespace RobustInference.Files;

/// <summary>A memory-mapped <c>.safetensors</c> file. A tensor is mapped only while it is copied, so that the file's
/// pages do not pile up beside the network.</summary>
static class SafetensorsFile
{
    public static Checkpoint Open(string path)
    {
        var file = InputFile.Open(path, "a .safetensors file");
        try
        {
            var header = SafetensorsHeader.Read(path, file);
            long length = file.Length;
            var map = MemoryMappedFile.CreateFromFile(
                file,
                null,
                0,
                MemoryMappedFileAccess.Read,
                HandleInheritability.None,
                leaveOpen: false
            );
            return new(
                path,
                header.Entries.Select(entry => new StoredTensor(
                    entry.Name,
                    Type(entry.Type),
                    entry.Shape,
                    StoredTensor.RowMajor(entry.Shape),
                    () =>
                        map.CreateViewStream(
                            header.DataStart + entry.From,
                            entry.To - entry.From,
                            MemoryMappedFileAccess.Read
                        )
                )),
                map
            )
            {
                Bytes = length,
            };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    static ScalarType Type(string name) =>
        name switch
        {
            "F64" => ScalarType.Float64,
            "F32" => ScalarType.Float32,
            "F16" => ScalarType.Float16,
            "BF16" => ScalarType.BFloat16,
            "I64" => ScalarType.Int64,
            "I32" => ScalarType.Int32,
            "I16" => ScalarType.Int16,
            "I8" => ScalarType.Int8,
            "U8" => ScalarType.Byte,
            "BOOL" => ScalarType.Bool,
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
}
