namespace Workbook.Kernel.Messaging;

/// <summary>The messages that were taken, by their signatures: one that comes again was replayed.</summary>
sealed class SeenMessages
{
    const int Most = 100_000;

    readonly Lock gate = new();
    readonly HashSet<string> seen = [];
    readonly Queue<string> order = new();

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
