using RobustInference.Files;

namespace Workbook.Kernel.Messaging;

/// <summary>The messages that were taken, by their signatures: one that comes again was replayed.</summary>
public sealed class SeenMessages
{
    const int Most = 100_000;

    readonly Lock gate = new();
    readonly HashSet<string> seen = [];
    readonly Queue<string> order = new();

    /// <summary>Takes over what <see cref="Leave"/> wrote; without such a file it knows none.</summary>
    public static SeenMessages TakeOver(string path)
    {
        var messages = new SeenMessages();
        if (!File.Exists(path))
            return messages;
        foreach (string signature in File.ReadLines(path))
            messages.Add(signature);
        File.Delete(path);
        return messages;
    }

    /// <summary>Writes them down for the process that comes after this one.</summary>
    public void Leave(string path)
    {
        lock (gate)
            AtomicFile.WriteText(path, string.Join('\n', order));
    }

    /// <summary>Whether <paramref name="signature"/> is new among the last hundred thousand; an empty one, where
    /// nothing is signed, always is.</summary>
    public bool Add(string signature)
    {
        if (signature.Length == 0)
            return true;
        lock (gate)
        {
            if (!seen.Add(signature))
                return false;
            order.Enqueue(signature);
            if (order.Count > Most)
                seen.Remove(order.Dequeue());
            return true;
        }
    }
}
