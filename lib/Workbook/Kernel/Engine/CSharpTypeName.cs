namespace Workbook.Kernel.Engine;

/// <summary>Types as C# spells them.</summary>
static class CSharpTypeName
{
    /// <summary>A type with which a variable for values of <paramref name="type"/> can be declared; <c>object</c> where
    /// code cannot name it.</summary>
    public static string Of(Type type) => CanBeNamed(type) ? Name(type) : "object";

    static bool CanBeNamed(Type type) =>
        type switch
        {
            { HasElementType: true } => type.IsArray && CanBeNamed(type.GetElementType()!),
            { IsVisible: false } => false,
            _ => type.GetGenericArguments().All(CanBeNamed)
                && !type.Name.Contains('<')
                // a type that a cell declared lives inside that cell's class
                && type.DeclaringType?.Name.StartsWith("Submission#", StringComparison.Ordinal) != true,
        };

    static string Name(Type type)
    {
        if (type.IsArray)
        {
            // the ranks of an array of arrays are read from the outside
            Type element = type;
            string ranks = "";
            for (; element.IsArray; element = element.GetElementType()!)
                ranks += $"[{new string(',', element.GetArrayRank() - 1)}]";
            return Name(element) + ranks;
        }
        Type[] arguments = type.GetGenericArguments();
        int inherited = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        string owner =
            type.DeclaringType is { } outer
                ? Name(outer.IsGenericTypeDefinition ? outer.MakeGenericType(arguments[..inherited]) : outer) + "."
            : type.Namespace is { } space ? $"global::{space}."
            : "global::";
        string own = string.Join(", ", arguments[inherited..].Select(Name));
        string name = type.Name.Split('`')[0];
        return own.Length > 0 ? $"{owner}{name}<{own}>" : owner + name;
    }
}
