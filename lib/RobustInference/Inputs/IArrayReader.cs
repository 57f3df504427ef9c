namespace RobustInference.Inputs;

/// <summary>A file format that answers may come in.</summary>
public interface IArrayReader
{
    /// <summary>Endings of its files, with the dot and in lower case.</summary>
    IReadOnlyList<string> Endings { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">A file that is there.</param>
    /// <param name="options">What the user says of it.</param>
    /// <param name="isPart">Whether it is one of several files, each of one client or with labels.</param>
    /// <exception cref="InvalidDataException">It is damaged, or of another format; one line that names the
    /// file.</exception>
    ArraySource Open(string path, InputOptions options, bool isPart);
}
