namespace RobustInference.Files;

/// <summary>Names of tensors without what tools put around them.</summary>
static class TensorNames
{
    // torch.nn.DataParallel, torch.compile.
    static readonly string[] Wrappers = ["module.", "_orig_mod."];

    // How TensorFlow calls a layer norm's weight and bias, and so do the first BERTs that were converted.
    static readonly (string Old, string Usual)[] LayerNorm = [("gamma", "weight"), ("beta", "bias")];

    /// <summary>The tensors under their usual names: a wrapper's prefix that all of them have is left out, and
    /// <c>LayerNorm.gamma</c> and <c>.beta</c> become weight and bias.</summary>
    public static IEnumerable<StoredTensor> Usual(IEnumerable<StoredTensor> tensors)
    {
        StoredTensor[] all = [.. tensors];
        while (
            Wrappers.FirstOrDefault(prefix =>
                all.Length > 0
                && all.All(tensor =>
                    tensor.Name.Length > prefix.Length && tensor.Name.StartsWith(prefix, StringComparison.Ordinal)
                )
            )
                is { } wrapper
        )
            all = [.. all.Select(tensor => tensor with { Name = tensor.Name[wrapper.Length..] })];
        return all.Select(tensor => tensor with { Name = Norm(tensor.Name) });
    }

    static string Norm(string name)
    {
        foreach (var (old, usual) in LayerNorm)
            if (
                name.EndsWith("LayerNorm." + old, StringComparison.Ordinal)
                || name.EndsWith("layer_norm." + old, StringComparison.Ordinal)
            )
                return name[..^old.Length] + usual;
        return name;
    }
}
