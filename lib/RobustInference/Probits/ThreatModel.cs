using RobustInference.Numerics;

namespace RobustInference.Probits;

/// <summary>Which clients may be corrupted: f &lt; n/2 of the n clients, a fixed set. Γ_f(x) is every input that
/// differs from the honest one in these rows only.</summary>
public sealed record ThreatModel
{
    /// <param name="clients">n.</param>
    /// <param name="corrupted">Indices of the corrupted clients, from 0; order does not matter.</param>
    /// <exception cref="ArgumentException">An index twice or out of range, or f ≥ n/2.</exception>
    public ThreatModel(int clients, IEnumerable<int> corrupted)
    {
        int[] positions = [.. corrupted.Order()];
        foreach (int position in positions)
            if (position < 0 || position >= clients)
                throw new ArgumentException($"corrupted client {position} is not in 0…{clients - 1}");
        if (positions.Distinct().Count() != positions.Length)
            throw new ArgumentException("a corrupted client is named twice");
        CheckCount(clients, positions.Length);
        (Clients, Corrupted) = (clients, positions);
    }

    /// <summary>n.</summary>
    public int Clients { get; }

    /// <summary>Indices of the corrupted clients, ascending.</summary>
    public IReadOnlyList<int> Corrupted { get; }

    /// <summary>f.</summary>
    public int Count => Corrupted.Count;

    /// <summary>A draw of f of the n clients, the same for the same seed.</summary>
    /// <exception cref="ArgumentException">f ≥ n/2.</exception>
    public static ThreatModel Draw(int clients, int corrupted, long seed)
    {
        CheckCount(clients, corrupted);
        return new ThreatModel(clients, Order(clients, seed).Take(corrupted));
    }

    /// <summary>Another number of corrupted clients, for a curve against f: fewer are a part of these, more hold them
    /// all. Where these are <see cref="Draw"/>'s of the same seed, so are all others.</summary>
    /// <exception cref="ArgumentException">f ≥ n/2.</exception>
    public ThreatModel Resized(int corrupted, long seed)
    {
        CheckCount(Clients, corrupted);
        return new ThreatModel(Clients, Order(Clients, seed).OrderByDescending(Corrupted.Contains).Take(corrupted));
    }

    static int[] Order(int clients, long seed)
    {
        var all = Enumerable.Range(0, clients).ToArray();
        RandomStream.Managed(seed, "corrupted-clients").ShuffleInplace<int>(all);
        return all;
    }

    /// <summary>Checks that the answers are those of as many clients.</summary>
    /// <exception cref="ArgumentException">Another n.</exception>
    public void CheckFits(ProbitSet answers)
    {
        if (Clients != answers.Clients)
            throw new ArgumentException($"the threat model has {Clients} clients, the answers have {answers.Clients}");
    }

    static void CheckCount(int clients, int corrupted)
    {
        if (corrupted < 0 || 2 * corrupted >= clients)
            throw new ArgumentException(
                $"{corrupted} corrupted of {clients} clients: fewer than half may be corrupted, at most "
                    + $"{Math.Max(0, (clients - 1) / 2)} here"
            );
    }
}
