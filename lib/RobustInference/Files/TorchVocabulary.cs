using static TorchSharp.torch;

namespace RobustInference.Files;

/// <summary>All that a torch file's pickle may name, and what comes of it: ordered dictionaries, tensors, and the
/// storages they lie in.</summary>
static class TorchVocabulary
{
    const int MostAxes = 32;

    static readonly Dictionary<string, ScalarType> Storages = new()
    {
        ["DoubleStorage"] = ScalarType.Float64,
        ["FloatStorage"] = ScalarType.Float32,
        ["HalfStorage"] = ScalarType.Float16,
        ["BFloat16Storage"] = ScalarType.BFloat16,
        ["LongStorage"] = ScalarType.Int64,
        ["IntStorage"] = ScalarType.Int32,
        ["ShortStorage"] = ScalarType.Int16,
        ["CharStorage"] = ScalarType.Int8,
        ["ByteStorage"] = ScalarType.Byte,
        ["BoolStorage"] = ScalarType.Bool,
    };

    static readonly PickledGlobal OrderedDict = new("collections", "OrderedDict"),
        RebuildTensor = new("torch._utils", "_rebuild_tensor_v2"),
        RebuildParameter = new("torch._utils", "_rebuild_parameter");

    /// <summary>A name, if it is one of these.</summary>
    public static PickledGlobal Known(string module, string name)
    {
        var global = new PickledGlobal(module, name);
        return
            global == OrderedDict
            || global == RebuildTensor
            || global == RebuildParameter
            || module == "torch" && Storages.ContainsKey(name)
            ? global
            : throw new InvalidDataException(
                $"asks for {global}, which is not run: only tensors and dictionaries are read"
            );
    }

    /// <summary>What torch's functions of these names would make of the arguments.</summary>
    public static object? Call(object? function, object? arguments) =>
        (function, arguments) switch
        {
            (PickledGlobal name, object?[] and []) when name == OrderedDict => new Dictionary<string, object?>(),
            (PickledGlobal name, object?[] and [PickledTensor tensor, bool, _]) when name == RebuildParameter => tensor,
            (
                PickledGlobal name,
                object?[]
                    and [PickledStorage storage, long offset, object?[] shape, object?[] strides, bool, _, ..]
            ) when name == RebuildTensor => View(storage, offset, shape, strides),
            (PickledGlobal name, _) => throw new InvalidDataException(
                $"calls {name} with other arguments than torch does"
            ),
            _ => throw new InvalidDataException("calls what is no function"),
        };

    /// <summary>The storage that a persistent id describes.</summary>
    public static PickledStorage Storage(object? id) =>
        id is object?[] and ["storage", PickledGlobal { Module: "torch" } type, string key, string, long count]
        && Storages.TryGetValue(type.Name, out var element)
        && count >= 0
            ? new(element, key, count)
            : throw new InvalidDataException("refers to something outside the pickle that is no storage");

    static PickledTensor View(PickledStorage storage, long offset, object?[] shape, object?[] strides)
    {
        if (shape.Length > MostAxes || strides.Length != shape.Length)
            throw new InvalidDataException($"holds a tensor of {shape.Length} axes and {strides.Length} strides");
        if (offset < 0 || !shape.Concat(strides).All(number => number is long and >= 0))
            throw new InvalidDataException(
                $"holds a tensor whose offset {offset}, shape ({string.Join(", ", shape)}) or strides "
                    + $"({string.Join(", ", strides)}) cannot be"
            );
        var view = new PickledTensor(storage, offset, [.. shape.Cast<long>()], [.. strides.Cast<long>()]);
        // The last number's place. Looked at after every axis, since not even 128 bits hold the sum of them all.
        var last = view.Shape.Contains(0) ? (Int128)offset - 1 : offset;
        for (int axis = 0; axis <= shape.Length; axis++)
        {
            if (last >= storage.Count)
                throw new InvalidDataException(
                    $"holds a tensor of shape ({string.Join(", ", view.Shape)}) that reaches number "
                        + $"{last:N0} of storage {storage.Key}, which has {storage.Count:N0}"
                );
            if (axis < shape.Length && !view.Shape.Contains(0))
                last += (Int128)(view.Shape[axis] - 1) * view.Strides[axis];
        }
        return view;
    }
}
