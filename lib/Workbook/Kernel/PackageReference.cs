namespace Workbook.Kernel;

/// <summary>A package as <c>#r "nuget: Name, Version"</c> names it; a version is required, since a notebook must not
/// change with the day it is run.</summary>
sealed record PackageReference(string Name, string Version)
{
    /// <exception cref="ArgumentException">Not of that form.</exception>
    public static PackageReference Parse(string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        return
            parts is [{ Length: > 0 } name, { Length: > 0 } version]
            && parts.All(part => part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '+'))
            ? new PackageReference(name, version)
            : throw new ArgumentException($"#r \"nuget:{text}\": write #r \"nuget: Name, Version\"");
    }
}
