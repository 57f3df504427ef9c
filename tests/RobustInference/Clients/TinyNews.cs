using System.Text;
using RobustInference.Clients;

namespace Tests.RobustInference.Clients;

/// <summary>Made-up news in the layout of AG's News: each class has words of its own among words that all share, so
/// that there is something to learn.</summary>
static class TinyNews
{
    static readonly string[][] Own =
    [
        ["minister", "treaty", "border"],
        ["coach", "season", "goal"],
        ["shares", "profit", "market"],
        ["software", "satellite", "virus"],
    ];
    static readonly string[] Shared = ["the", "of", "a", "on", "monday", "says", "new", "after", "report"];

    /// <summary>Rows of one file; the class of row i is i modulo 4.</summary>
    public static byte[] Rows(int count, int seed)
    {
        var random = new Random(seed);
        var rows = new StringBuilder();
        for (int i = 0; i < count; i++)
            rows.Append(
                $"\"{i % 4 + 1}\",\"{Words(i % 4, 2 + random.Next(3))}\",\"{Words(i % 4, 3 + random.Next(12))}\"\n"
            );
        return Encoding.UTF8.GetBytes(rows.ToString());

        string Words(int label, int number) =>
            string.Join(
                ' ',
                Enumerable
                    .Range(0, number)
                    .Select(_ => random.Next(3) == 0 ? Own[label][random.Next(3)] : Shared[random.Next(Shared.Length)])
            );
    }

    /// <summary>Writes the official folder into <paramref name="directory"/>.</summary>
    public static void Write(string directory, int train = 400, int test = 100)
    {
        string folder = Directory.CreateDirectory(Path.Combine(directory, AgNewsReader.Folder)).FullName;
        File.WriteAllBytes(Path.Combine(folder, AgNewsReader.Train), Rows(train, 1));
        File.WriteAllBytes(Path.Combine(folder, AgNewsReader.Test), Rows(test, 2));
    }

    public static (TextDataset Train, TextDataset Test) Texts(int train = 400, int test = 100)
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path, train, test);
        return AgNewsReader.Read(folder.Path);
    }
}
