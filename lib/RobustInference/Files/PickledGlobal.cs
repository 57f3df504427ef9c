namespace RobustInference.Files;

/// <summary>A Python function or class that a pickle names; one of the few that <see cref="TorchVocabulary"/> holds,
/// and never more than a name.</summary>
sealed record PickledGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}
