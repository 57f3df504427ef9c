namespace RobustInference.Assessment;

/// <summary>Progress over named phases that never goes back: each phase has its part of the whole.</summary>
/// <param name="report">Told the phase and how much of everything is done, 0…1.</param>
public sealed class RisingProgress(Action<string, double>? report)
{
    readonly Lock gate = new();
    double from,
        to,
        done;
    string phase = "";

    /// <summary>Begins a phase that ends at <paramref name="end"/> of the whole.</summary>
    public void Begin(string name, double end)
    {
        lock (gate)
        {
            (phase, from, to) = (name, Math.Max(to, done), Math.Max(end, to));
            Tell(0, "");
        }
    }

    /// <summary>How much of the phase is done, 0…1.</summary>
    public void Report(string stage, double share)
    {
        lock (gate)
            Tell(share, stage);
    }

    void Tell(double share, string stage)
    {
        done = Math.Max(done, from + (to - from) * Math.Clamp(share, 0, 1));
        report?.Invoke(stage == "" ? phase : $"{phase}: {stage}", done);
    }
}
