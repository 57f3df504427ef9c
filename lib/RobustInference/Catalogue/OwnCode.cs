namespace RobustInference.Catalogue;

/// <summary>What a user's own code was when it ran.</summary>
public static class OwnCode
{
    /// <summary>The version id of the module that holds a type: deterministic builds of the same source have the same
    /// one. Null for the library itself.</summary>
    public static string? Of(Type type) =>
        type.Assembly == typeof(OwnCode).Assembly ? null : type.Module.ModuleVersionId.ToString("N");
}
