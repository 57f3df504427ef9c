using System.Globalization;
using System.Text;

namespace Workbook.Kernel;

/// <summary>How much a cell may still write. What is too much is left out, and a note says so once.</summary>
/// <param name="limit">In bytes of UTF-8; characters are counted, and each output costs some bytes more.</param>
sealed class OutputBudget(long limit = OutputBudget.OfACell)
{
    /// <summary>What a cell may write where nothing else is said.</summary>
    public const long OfACell = 10_000_000;

    const int BytesAnOutput = 100;

    readonly Lock gate = new();
    long spent;
    bool noted;

    /// <summary>As much of the beginning of a text as there is room for.</summary>
    public string Beginning(string text)
    {
        long room;
        lock (gate)
            room = limit - spent - BytesAnOutput;
        return Cut(text, room);
    }

    /// <summary>Takes from the budget.</summary>
    /// <param name="texts">The output.</param>
    /// <param name="note">What is to be shown in its place, once; otherwise null.</param>
    /// <returns>Whether the output may be shown.</returns>
    public bool Take(IEnumerable<string> texts, out string? note)
    {
        note = null;
        long wanted = Bytes(texts);
        lock (gate)
        {
            if (spent + wanted <= limit)
            {
                spent += wanted;
                return true;
            }
            spent = limit; // later and smaller ones would stand there without what they follow on
            note = Note();
            return false;
        }
    }

    /// <summary>Asks for an output that takes the place of another: many of them are no more than the
    /// longest.</summary>
    /// <param name="texts">The output.</param>
    /// <param name="note">What is to be shown, once, where it may not; otherwise null.</param>
    /// <returns>Whether the output may be shown.</returns>
    public bool Holds(IEnumerable<string> texts, out string? note)
    {
        note = null;
        if (Bytes(texts) <= limit)
            return true;
        lock (gate)
            note = Note();
        return false;
    }

    /// <summary>The beginning of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="bytes">The most that it takes in UTF-8.</param>
    public static string Cut(string text, long bytes)
    {
        if (bytes <= 0)
            return "";
        if (text.Length <= bytes / 3 || Encoding.UTF8.GetByteCount(text) <= bytes)
            return text;
        Encoding.UTF8.GetEncoder().Convert(text, new byte[bytes], flush: false, out int fitting, out _, out _);
        return text[..fitting];
    }

    static long Bytes(IEnumerable<string> texts) =>
        BytesAnOutput + texts.Sum(text => (long)Encoding.UTF8.GetByteCount(text));

    string? Note()
    {
        if (noted)
            return null;
        noted = true;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"\n… more than {limit / 1e6:0.###} MB of output; what follows is left out\n"
        );
    }
}
