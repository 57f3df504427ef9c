using RobustInference.Files;

namespace RobustInference.Inputs;

/// <summary>Named arrays out of some file, before anyone knows what they mean.</summary>
public abstract class ArraySource
{
    /// <summary>The file or folder.</summary>
    public abstract string Path { get; }

    /// <summary>What it is, such as <c>an .npz archive</c>.</summary>
    public abstract string Form { get; }

    /// <summary>What it holds.</summary>
    public abstract IReadOnlyList<ArrayInfo> Arrays { get; }

    /// <summary>Further words about what was understood of the file; empty for none.</summary>
    public virtual string Understood => "";

    /// <summary>The file of an array; differs from <see cref="Path"/> in a folder.</summary>
    public virtual string FileOf(string name) => Path;

    /// <summary>Reads one of <see cref="Arrays"/>.</summary>
    /// <exception cref="InvalidDataException">It cannot be read; the message names the file.</exception>
    public abstract NumpyArray Read(string name);
}
