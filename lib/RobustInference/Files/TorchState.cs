namespace RobustInference.Files;

/// <summary>Finds the weights in what <c>torch.save</c> wrote: a dictionary of tensors, or one inside the dictionary of
/// a training run.</summary>
static class TorchState
{
    static readonly string[] Usual =
    [
        "state_dict",
        "model_state_dict",
        "model_state",
        "model",
        "network",
        "net",
        "module",
        "weights",
        "params",
    ];

    /// <summary>The dictionary whose values are tensors.</summary>
    /// <exception cref="InvalidDataException">There is none, or there are several and none has a usual
    /// name.</exception>
    public static IEnumerable<KeyValuePair<string, object?>> Of(Dictionary<string, object?> saved)
    {
        if (saved.Values.All(value => value is PickledTensor))
            return saved;
        var inner = saved.Where(pair => pair.Value is Dictionary<string, object?> own && IsState(own)).ToArray();
        if (Usual.FirstOrDefault(name => inner.Any(pair => pair.Key == name)) is { } usual)
            return (Dictionary<string, object?>)saved[usual]!;
        if (inner is [var only] && !saved.Values.Any(value => value is PickledTensor))
            return (Dictionary<string, object?>)only.Value!;
        if (inner.Length > 1)
            throw new InvalidDataException(
                $"holds {inner.Length} dictionaries of tensors, {string.Join(", ", inner.Select(pair => pair.Key))}, "
                    + "and which of them is the model it does not say: save that one alone"
            );
        var other = saved.First(pair => pair.Value is not PickledTensor);
        throw new InvalidDataException(
            saved.Values.Any(value => value is PickledTensor)
                ? $"holds {other.Key}, which is no tensor, beside tensors: save them without it"
                : $"holds {other.Key}, which is no tensor: save the model's state_dict()"
        );
    }

    static bool IsState(Dictionary<string, object?> own) =>
        own.Count > 0 && own.Values.All(value => value is PickledTensor);
}
