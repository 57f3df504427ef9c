using System.Globalization;
using RobustInference.Files;

namespace RobustInference.Probits;

/// <summary>What people call the clients and the classes of an ensemble.</summary>
/// <param name="Clients">n names; null where the clients are numbered only.</param>
/// <param name="Classes">K names; null where the classes are numbered only.</param>
public sealed record EnsembleNames(IReadOnlyList<string>? Clients, IReadOnlyList<string>? Classes)
{
    /// <summary>The array of an <c>.npz</c> that names the clients.</summary>
    public const string ClientArray = "client_names";

    /// <summary>The array of an <c>.npz</c> that names the classes.</summary>
    public const string ClassArray = "class_names";

    const int Longest = 100;

    /// <summary>No names: numbers from 0.</summary>
    public static EnsembleNames None { get; } = new(null, null);

    /// <summary>A client's name, or its number from 0.</summary>
    public string Client(int client) => Clients?[client] ?? client.ToString(CultureInfo.InvariantCulture);

    /// <summary>A class's name, or its number from 0.</summary>
    public string Class(int label) => Classes?[label] ?? label.ToString(CultureInfo.InvariantCulture);

    /// <summary>A client's number, with its name where it has one: <c>3 (north)</c>.</summary>
    public string ClientWithNumber(int client) =>
        Clients is null ? $"{client}" : FormattableString.Invariant($"{client} ({Clients[client]})");

    /// <summary>Names as they were given; numbers from 0 are no names.</summary>
    /// <param name="what">What messages call them, such as <c>client_names</c>.</param>
    /// <param name="names">In their order; null for none.</param>
    /// <param name="count">How many are wanted.</param>
    /// <exception cref="InvalidDataException">Another number of names, an empty one, or one that is there
    /// twice.</exception>
    public static IReadOnlyList<string>? Checked(string what, IReadOnlyList<string>? names, int count)
    {
        if (names is null)
            return null;
        if (names.Count != count)
            throw new InvalidDataException($"{what} holds {names.Count} names, wanted {count}");
        string[] shown = [.. names.Select(Shown)];
        for (int i = 0; i < shown.Length; i++)
        {
            if (shown[i] == "")
                throw new InvalidDataException($"{what}: name {i} is empty");
            if (Array.IndexOf(shown, shown[i]) < i)
                throw new InvalidDataException($"{what}: the name '{shown[i]}' is there twice");
        }
        return shown.Select((name, i) => name == i.ToString(CultureInfo.InvariantCulture)).All(same => same)
            ? null
            : shown;
    }

    /// <summary>From the arrays of an <c>.npz</c>.</summary>
    internal static EnsembleNames From(
        string path,
        IReadOnlyDictionary<string, NumpyArray> arrays,
        int clients,
        int classes
    )
    {
        return new(Names(ClientArray, clients), Names(ClassArray, classes));

        IReadOnlyList<string>? Names(string name, int count)
        {
            if (!arrays.TryGetValue(name, out var array))
                return null;
            try
            {
                return Checked(name, array.ToTexts(), count);
            }
            catch (InvalidDataException e)
            {
                throw new InvalidDataException($"{path}: array {name}: {e.Message}", e);
            }
        }
    }

    /// <summary>As arrays of an <c>.npz</c>.</summary>
    public IEnumerable<KeyValuePair<string, NumpyArray>> ToArrays()
    {
        if (Clients is not null)
            yield return new(ClientArray, NumpyArray.Text(Clients, Clients.Count));
        if (Classes is not null)
            yield return new(ClassArray, NumpyArray.Text(Classes, Classes.Count));
    }

    // Names stand in tables and in messages of one line.
    static string Shown(string name)
    {
        string plain = string.Concat(name.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return plain.Length <= Longest ? plain : plain[..Longest];
    }
}
