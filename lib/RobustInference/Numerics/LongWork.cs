using System.Diagnostics;

namespace RobustInference.Numerics;

/// <summary>Work that takes its time: it says what it is, and it stops when it is asked to.</summary>
public static class LongWork
{
    /// <summary>The name of the <see cref="ActivitySource"/> that tells what the library is busy with.</summary>
    public const string SourceName = "RobustInference";

    static readonly ActivitySource Source = new(SourceName);
    static readonly AsyncLocal<CancellationToken> Ambient = new();

    /// <summary>Stops all work of this flow of control, also where a call was given no token: set by an interactive
    /// session, whose user has only an interrupt key.</summary>
    public static CancellationToken Cancel
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    /// <summary>Names the work that begins now, such as "training DeepSet"; it ends when the result is disposed. Null
    /// where nobody listens.</summary>
    public static Activity? Begin(string name) => Source.StartActivity(name);

    /// <summary>Called now and then by work that takes its time.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> or <see cref="Cancel"/> was
    /// cancelled.</exception>
    public static void ThrowIfCancelled(CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        Ambient.Value.ThrowIfCancellationRequested();
    }

    /// <summary>Lets <paramref name="cancel"/> too stop the work of this flow of control, until the result is disposed
    /// of: attacks and rules take no token of their own.</summary>
    public static IDisposable StopBy(CancellationToken cancel) => new Stopping(cancel);

    sealed class Stopping : IDisposable
    {
        readonly CancellationToken before = Ambient.Value;
        readonly CancellationTokenSource either;

        public Stopping(CancellationToken cancel)
        {
            either = CancellationTokenSource.CreateLinkedTokenSource(before, cancel);
            Ambient.Value = either.Token;
        }

        public void Dispose()
        {
            Ambient.Value = before;
            either.Dispose();
        }
    }
}
