using System.Globalization;
using System.Text;

namespace Workbook.Kernel;

/// <summary>How much a cell may still write. What is too much is left out, and a note says so once.</summary>
/// <param name="limit">In bytes of UTF-8; characters are counted, and each output costs some bytes more.</param>
sealed class OutputBudget(long limit)
{
    const int BytesAnOutput = 100;

    /// <summary>In bytes.</summary>
    public long Limit => limit;

    readonly Lock gate = new();
    long spent;
    bool noted;

    /// <summary>As much of the beginning of a text as there is room for.</summary>
    public string Beginning(string text)
    {
        long room;
        lock (gate)
            room = limit - spent - BytesAnOutput;
        if (room <= 0)
            return "";
        if (Encoding.UTF8.GetByteCount(text) <= room)
            return text;
        Encoding.UTF8.GetEncoder().Convert(text, new byte[room], flush: false, out int fitting, out _, out _);
        return text[..fitting];
    }

    /// <summary>Takes from the budget.</summary>
    /// <param name="texts">The output.</param>
    /// <param name="note">What is to be shown in its place, once; otherwise null.</param>
    /// <returns>Whether the output may be shown.</returns>
    public bool Take(IEnumerable<string> texts, out string? note)
    {
        note = null;
        long wanted = BytesAnOutput + texts.Sum(text => (long)Encoding.UTF8.GetByteCount(text));
        lock (gate)
        {
            if (spent + wanted <= limit)
            {
                spent += wanted;
                return true;
            }
            spent = limit; // later and smaller ones would stand there without what they follow on
            if (!noted)
                note = string.Create(
                    CultureInfo.InvariantCulture,
                    $"\n… more than {limit / 1e6:0.###} MB of output; what follows is left out\n"
                );
            noted = true;
            return false;
        }
    }
}
